import type { ClusterMember } from '../../cluster/cluster-member.ts'
import { heartbeatKey } from '../../cluster/heartbeat.ts'
import type { KnownNode, NodeFacts } from '../../management/managed-cluster.ts'
import type { Metadata } from '../../store/metadata.ts'
import type { Questions } from './questions.ts'

const QUESTION = 'facts'
/** Whoever does not answer by then is shown as it was. */
const PATIENCE_MS = 1000

export interface KnownNodesOptions {
  readonly member: ClusterMember
  /** Where all that were ever there have left a sign of life. */
  readonly presence: Metadata
  readonly questions: Questions
  readonly node: string
  /** What this node says of itself. */
  readonly facts: () => Promise<NodeFacts>
}

/** All nodes of the cluster, those that are away too, and what they say of themselves. */
export class KnownNodes {
  readonly #options: KnownNodesOptions
  readonly #heard = new Map<string, NodeFacts>()
  #asking: Promise<readonly KnownNode[]> | undefined

  constructor(options: KnownNodesOptions) {
    this.#options = options
    const { node, questions, facts } = options
    questions.answer(node, QUESTION, async () => JSON.stringify(await facts()))
  }

  /** By name. Those who ask at the same time get the same. */
  all(): Promise<readonly KnownNode[]> {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined
    })
    return this.#asking
  }

  /** A node that is not in the cluster any more. */
  async forget(node: string): Promise<void> {
    await this.#options.presence.delete(heartbeatKey(node))
    this.#heard.delete(node)
  }

  async #ask(): Promise<readonly KnownNode[]> {
    const { member, presence } = this.#options
    const { nodes } = member.map
    const [left] = await Promise.all([
      presence.load().catch(() => new Map<string, string>()),
      ...[...nodes.keys()].map((name) => this.#hear(name)),
    ])
    const prefix = heartbeatKey('')
    const names = [...left.keys()].map((key) => key.slice(prefix.length))
    return [...new Set([...nodes.keys(), ...names, ...this.#heard.keys()])].sort().map((name) => ({
      name,
      isRunning: nodes.has(name),
      isDraining: nodes.get(name)?.isDraining === true,
      facts: this.#heard.get(name),
    }))
  }

  async #hear(name: string): Promise<void> {
    const { node, facts, questions } = this.#options
    if (name === node) {
      this.#heard.set(name, await facts())
      return
    }
    const answer = await questions.ask(name, QUESTION, PATIENCE_MS)
    if (answer !== undefined) this.#heard.set(name, JSON.parse(answer) as NodeFacts)
  }
}
