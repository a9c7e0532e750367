import type { NatsLink } from '../nats/nats-link.ts'
import { NoAnswer } from '../nats/requests.ts'
import { ServerChanges } from '../nats/server-changes.ts'
import type { NodeTraffic, PingAnswer } from './node-traffic.ts'

const PING_TIMEOUT_MS = 500

/** The nodes of one cluster, over the subjects of NATS: each listens on one of its own. */
export class NatsTraffic implements NodeTraffic {
  readonly #link: NatsLink
  readonly #cluster: string
  readonly #serverChanges: ServerChanges

  /** The name of the cluster, and those of nodes, must be tokens of NATS: see `assertName`. */
  constructor(link: NatsLink, cluster: string) {
    this.#link = link
    this.#cluster = cluster
    this.#serverChanges = new ServerChanges(link.connection)
  }

  async ping(node: string, from: string): Promise<PingAnswer> {
    const answer = await this.#link.requests.ask(this.#subject(node), from, PING_TIMEOUT_MS)
    this.#serverChanges.look()
    if (!(answer instanceof NoAnswer)) return 'alive'
    if (answer.reason !== 'nobody listens') return 'silent'
    return this.#serverChanges.areRecent() ? 'moving' : 'nobody'
  }

  answer(node: string, onPing: (from: string) => void): () => void {
    const subscription = this.#link.connection.subscribe(this.#subject(node), {
      callback: (error, message) => {
        if (error !== null) return
        message.respond()
        onPing(message.string())
      },
    })
    return () => subscription.unsubscribe()
  }

  #subject(node: string): string {
    return `leveret.${this.#cluster}.node.${node}.ping`
  }
}
