// What is measured of a cluster. All publishes are persistent and confirmed, all messages are acknowledged.

import type { Target, TrafficShape } from '../../src/load/traffic-load.ts'
import { SIMPLE } from '../scenario.ts'

export interface ClusterScenario {
  readonly name: string
  readonly title: string
  readonly shape: TrafficShape
  /** Which nodes producers and consumers use, when that node has the first queue. */
  readonly through: (targets: readonly Target[], owner: number) => Through
}

interface Through {
  readonly publishThrough: readonly Target[]
  readonly consumeThrough: readonly Target[]
}

const CONFIRMED: TrafficShape = {
  ...SIMPLE,
  bodySizeBytes: 100,
  persistent: true,
  queueType: 'quorum',
  confirmWindow: 1000,
  prefetch: 1000,
  ackEvery: 100,
  // What waits in the queues would be measured, too.
  inflight: 20_000,
}

const SPREAD = 12

export const CLUSTER_SCENARIOS: readonly ClusterScenario[] = [
  {
    name: 'elsewhere',
    title: '1 producer, 1 queue, 1 consumer, each with another node',
    shape: CONFIRMED,
    through: (targets, owner) => ({
      publishThrough: [targets[(owner + 1) % targets.length] as Target],
      consumeThrough: [targets.at(owner - 1) as Target],
    }),
  },
  {
    name: 'owner',
    title: '1 producer, 1 queue, 1 consumer, all with the same node',
    shape: CONFIRMED,
    through: (targets, owner) => ({
      publishThrough: [targets[owner] as Target],
      consumeThrough: [targets[owner] as Target],
    }),
  },
  {
    name: 'spread',
    title: `3 producers, ${SPREAD} queues, 3 consumers, all over the nodes`,
    shape: { ...CONFIRMED, producers: 3, consumers: 3, queues: SPREAD },
    through: (targets) => ({ publishThrough: targets, consumeThrough: targets.toReversed() }),
  },
]
