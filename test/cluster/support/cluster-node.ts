import type { NodeNetwork } from './node-network.ts'

/** One of the brokers of a cluster, in this process or another one. */
export interface ClusterNode {
  readonly name: string
  readonly url: string
  readonly managementUrl: string
  /** Resolves when it serves; it may be started again after it has ended. */
  start(): Promise<void>
  /** As SIGTERM does. */
  stop(): Promise<void>
  /** Without a word to anyone. */
  kill(): Promise<void>
}

export interface NodePlace {
  readonly name: string
  /** The NATS servers. */
  readonly servers: readonly string[]
  /** What no other cluster on these servers has. */
  readonly prefix: string
  /** Further arguments of the program. */
  readonly args?: readonly string[]
  /** A file to which it adds what it says. */
  readonly log?: string
  /** Unless it is given, it is in that of this process. */
  readonly network?: NodeNetwork
}
