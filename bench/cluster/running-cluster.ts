import type { Target } from '../../src/load/traffic-load.ts'

/** A cluster that can be measured: started anew, with nothing in it. */
export interface BenchCluster {
  readonly name: ClusterName
  /** With so many nodes on this machine. */
  start(size: number): Promise<RunningCluster>
}

export type ClusterName = 'leveret' | 'rabbitmq'

export interface RunningCluster {
  /** A node each. */
  readonly targets: readonly Target[]
  /** CPU seconds that all nodes together have used so far. */
  nodeCpuSec(): number
  /** The same of servers that keep the messages for them; 0 when nodes do that themselves. */
  storeCpuSec(): number
  /** Which of the nodes has that queue, or leads those that have it. */
  ownerOf(queue: string): Promise<number>
  /** Ends all that `start` began and removes what it wrote. */
  stop(): Promise<void>
}

/** Of servers on this machine. */
export function loopback(port: number): Target {
  return { host: '127.0.0.1', port, user: 'guest', password: 'guest', vhost: '/' }
}

export const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)
