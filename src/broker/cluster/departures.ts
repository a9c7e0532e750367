import type { ShardMap } from '../../cluster/shard-map.ts'
import type { SharedDefinitions } from '../../definitions/shared-definitions.ts'

/** Sees from the maps which processes have left, and has the queues deleted that were in their memory. */
export class Departures {
  readonly #definitions: Pick<SharedDefinitions, 'nodeLeft'>
  /** Those that were there, or are said to have been. */
  readonly #incarnations: Set<string>

  constructor(definitions: Pick<SharedDefinitions, 'nodeLeft' | 'loadedIncarnations'>) {
    this.#definitions = definitions
    this.#incarnations = new Set(definitions.loadedIncarnations)
  }

  follow({ nodes }: ShardMap): void {
    const now = new Set([...nodes.values()].map(({ incarnation }) => incarnation))
    for (const incarnation of this.#incarnations) {
      if (now.has(incarnation)) continue
      this.#incarnations.delete(incarnation)
      this.#definitions.nodeLeft(incarnation)
    }
    for (const incarnation of now) this.#incarnations.add(incarnation)
  }
}
