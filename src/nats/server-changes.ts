import type { NatsConnection } from '@nats-io/transport-node'

/** By then those who were connected to a server that has gone are connected to another one. */
const RECENT_MS = 1000

/**
 * Whether NATS servers have come or gone a moment ago. The one that a node is connected to says so at once
 * when it has lost another; clients of that one are then on their way to the rest, and listen nowhere.
 */
export class ServerChanges {
  readonly #connection: Pick<NatsConnection, 'info'>
  #known = ''
  #changedMs = Number.NEGATIVE_INFINITY

  constructor(connection: Pick<NatsConnection, 'info'>) {
    this.#connection = connection
  }

  /** Takes note of what there is now: changes are seen only by who looks again and again. */
  look(nowMs: number = performance.now()): void {
    const { server_id: server, cluster, connect_urls: urls = [] } = this.#connection.info ?? {}
    // Servers of a cluster that name none of them to clients may come and go unseen.
    const isToldNothing = cluster !== undefined && urls.length === 0
    const known = [server, ...urls.toSorted()].join()
    if (known !== this.#known || isToldNothing) this.#changedMs = nowMs
    this.#known = known
  }

  areRecent(nowMs: number = performance.now()): boolean {
    return nowMs - this.#changedMs <= RECENT_MS
  }
}
