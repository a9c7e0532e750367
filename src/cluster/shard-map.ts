import { ClusterError } from './cluster-error.ts'

/**
 * Who is in the cluster and who owns which shard: one value that all nodes share and that is only ever
 * replaced as a whole, by whoever has seen the one before. So there is an order of such maps, and
 * what was decided in one is known in the next.
 */
export interface ShardMap {
  /** Grows by one with each change. */
  readonly version: number
  readonly nodes: ReadonlyMap<string, ClusterNode>
  /** By the shard's number. There are as many as when the cluster was founded. */
  readonly shards: readonly Shard[]
}

export interface ClusterNode {
  /** A process is another one after it has been taken for dead, or was started again. */
  readonly incarnation: string
  /** It owns what it has until others do, and is given nothing. */
  readonly isDraining: boolean
}

export interface Shard {
  /** Null while there is no node that could. */
  readonly owner: string | null
  /** Grows with every change of the owner; its frames in the shard's stream carry it. */
  readonly epoch: number
  /** Who is to have it as soon as the owner has let go of it. */
  readonly target: string | null
}

/** Counts up with each change that an older version of this program could not read. */
const FORMAT = 1

/** A cluster nobody is in yet. */
export function emptyShardMap(shardCount: number): ShardMap {
  const shards = Array.from({ length: shardCount }, () => ({ owner: null, epoch: 0, target: null }))
  return { version: 0, nodes: new Map(), shards }
}

export function encodeShardMap({ version, nodes, shards }: ShardMap): string {
  return JSON.stringify({ format: FORMAT, version, nodes: Object.fromEntries(nodes), shards })
}

/** @throws ClusterError for what a newer version of this program has written. */
export function decodeShardMap(text: string): ShardMap {
  const { format, version, nodes, shards } = JSON.parse(text) as {
    format: number
    version: number
    nodes: Record<string, ClusterNode>
    shards: Shard[]
  }
  if (format > FORMAT) {
    throw new ClusterError(
      `the cluster is of a newer version of this program: its map has format ${format}, and this version knows formats up to ${FORMAT}`,
    )
  }
  return { version, nodes: new Map(Object.entries(nodes)), shards }
}

/** The numbers of the shards that a node owns. */
export function shardsOwnedBy(map: ShardMap, node: string): number[] {
  return map.shards.flatMap(({ owner }, shard) => (owner === node ? [shard] : []))
}
