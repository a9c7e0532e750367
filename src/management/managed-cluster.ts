import type { AlarmResource } from '../server/alarms.ts'

/** As RabbitMQ has it, the name of a node that is called `name` in the cluster. */
export const nodeNameOf = (name: string): string => `leveret@${name}`

/** The cluster that a broker is in, as those see it who look after it. Names of nodes are as in the map. */
export interface ManagedCluster {
  /** This node. */
  readonly node: string
  /** Whether it is one of the cluster at the moment, as far as it can know. */
  readonly isMember: boolean
  /** The names of the nodes that are in it now. */
  readonly members: readonly string[]
  /** By their numbers. */
  readonly shards: readonly ShardOwner[]
  /** Everyone that was ever in it and was not forgotten, by name. */
  nodes(): Promise<readonly KnownNode[]>
  /**
   * Has a node answer what this API asks of itself there. Undefined when it does not answer, or not in that
   * time: then nobody knows whether it has done it.
   */
  call(node: string, question: Buffer, timeoutMs?: number): Promise<Buffer | undefined>
  /** Rejects with an AdministrationError, as those below, for what is not there or cannot be now. */
  move(shard: number, node: string): Promise<void>
  drain(node: string, isDraining: boolean): Promise<void>
  /** Speaks no more of a node that does not run. */
  forget(node: string): Promise<void>
}

export interface ShardOwner {
  /** Null while nobody has it. */
  readonly owner: string | null
  readonly epoch: number
  /** Who is to have it next. */
  readonly target: string | null
}

export interface KnownNode {
  readonly name: string
  /** Whether it is in the cluster now. */
  readonly isRunning: boolean
  readonly isDraining: boolean
  /** What it said of itself last; undefined when this node has never heard it. */
  readonly facts: NodeFacts | undefined
}

/** What a node says of itself, in the JSON in which it goes to the others and to who asks over HTTP. */
export interface NodeFacts {
  /** As in `/api/nodes`. */
  readonly node: object
  /** As in `/api/nodes/NAME/memory`. */
  readonly memory: object
  /** As in `/api/overview`. */
  readonly listeners: readonly object[]
  readonly contexts: readonly object[]
  readonly alarms: readonly AlarmResource[]
  readonly connections: number
  readonly channels: number
  /** Of the shards that it owns. */
  readonly shards: readonly ShardFacts[]
}

export interface ShardFacts {
  readonly shard: number
  readonly epoch: number
  /** `serving` when clients are. */
  readonly state: string
  readonly queues: number
  readonly messages: number
  /** Nodes that use its queues. */
  readonly sessions: number
}
