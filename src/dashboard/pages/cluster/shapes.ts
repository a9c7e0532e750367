// What the API says of a cluster.

export interface Cluster {
  readonly name: string
  /** The node that was asked. */
  readonly node: string
  readonly is_member: boolean
  readonly nodes: readonly ClusterNode[]
  readonly shards: ShardTotals
}

export interface ShardTotals {
  /** None where there is no cluster. */
  readonly total: number
  readonly serving: number
  readonly moving: number
  readonly without_owner: number
}

export interface ClusterNode {
  readonly name: string
  readonly running: boolean
  readonly draining: boolean
  /** How many it owns. */
  readonly shards: number
  /** What follows is known of those that run. */
  readonly connections?: number
  readonly alarms?: readonly string[]
  readonly uptime?: number
  readonly mem_used?: number
}

export interface Shard {
  readonly shard: number
  readonly owner: string | null
  /** Who is to have it next. */
  readonly target: string | null
  readonly state: string
  readonly queues?: number
  readonly messages?: number
}
