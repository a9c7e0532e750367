import type { ShardMap } from '../../cluster/shard-map.ts'
import type { QueuePlace } from '../../definitions/definition.ts'
import type { PlacedQueue } from '../../definitions/definition-store.ts'
import { definitionsNotStored } from '../../reasons.ts'

/**
 * Where new queues are to be: durable ones in the shards by turns, all others in the memory of this node,
 * which is that of the connection they may belong to.
 */
export class Placement {
  readonly #node: string
  #map: ShardMap | undefined
  #shardCount: number
  #next: number

  constructor(node: string, shardCount: number) {
    this.#node = node
    this.#shardCount = shardCount
    // Not every node begins with the same one.
    this.#next = Math.floor(Math.random() * shardCount)
  }

  follow(map: ShardMap): void {
    this.#map = map
    this.#shardCount = map.shards.length
  }

  /** All that are in the cluster. */
  get nodes(): Iterable<string> {
    return this.#map?.nodes.keys() ?? []
  }

  /**
   * @throws AmqpError for what would be in the memory of this node while the others take it for dead: they
   * would never hear that it is gone
   */
  of({ durable, exclusiveOwner }: PlacedQueue): QueuePlace {
    if (durable && exclusiveOwner === null) return { shard: this.#next++ % this.#shardCount }
    const node = this.#node
    const incarnation = this.#map?.nodes.get(node)?.incarnation
    if (incarnation === undefined) throw definitionsNotStored()
    return { node, incarnation }
  }
}
