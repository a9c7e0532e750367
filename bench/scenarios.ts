// What is measured: one table. README.md says what each row tells.
//
// A scenario is measured on a broker that was just started for it. Its steps
// follow each other on that broker; each of them is a row of the report.

import type { FigureName, TrafficShape } from './load/job.ts'

/** What a figure of Leveret should not exceed on a machine with two shared cores. */
export interface Goal {
  figure: FigureName
  atMost: number
}

export type Work =
  | { kind: 'traffic'; shape: TrafficShape }
  | { kind: 'library'; bodySizeBytes: number; inflight: number }
  | { kind: 'idle'; connections: number; queues: number }
  | { kind: 'start' }

export interface Step {
  row: string
  title: string
  work: Work
  goals: Goal[]
}

export interface Scenario {
  name: string
  steps: Step[]
}

const SIMPLE: TrafficShape = {
  producers: 1,
  consumers: 1,
  queues: 1,
  exchange: 'default',
  bindings: 0,
  bodySizeBytes: 16,
  persistent: false,
  confirmWindow: 0,
  prefetch: 0,
  ackEvery: 1,
  inflight: 0,
  ratePerSec: 0,
  messageCount: 0,
  drainOnly: false,
  keepQueues: false,
}

// A closed loop: a broker's backlog would otherwise grow with its slowness, and be measured too.
const FAST: Partial<TrafficShape> = { inflight: 20_000 }
const MANUAL_ACKS: Partial<TrafficShape> = { prefetch: 1000, ackEvery: 100 }
const STORED: Partial<TrafficShape> = { persistent: true }
const CONFIRMED: Partial<TrafficShape> = { ...STORED, confirmWindow: 1000 }
const SYNCHRONOUS: Partial<TrafficShape> = { ...STORED, confirmWindow: 1, bodySizeBytes: 1024 }
const BACKLOG: Partial<TrafficShape> = { bodySizeBytes: 100, messageCount: 1_000_000 }
const FILL: Partial<TrafficShape> = { ...BACKLOG, consumers: 0, keepQueues: true }
const DRAIN: Partial<TrafficShape> = { ...BACKLOG, ...MANUAL_ACKS, producers: 0, drainOnly: true }
const PACED: Partial<TrafficShape> = { bodySizeBytes: 100, ratePerSec: 5000 }

// The rows with persistent messages have no goals yet: Leveret keeps these in memory only, which no
// goal for stored messages may be held against.
const KEPT_IN_MEMORY = 'persistent (Leveret: in memory only)'

export const SCENARIOS: readonly Scenario[] = [
  traffic('s1-16', '1 producer, 1 queue, 1 consumer, automatic acks, 16 B', { ...FAST }, cpu(0.5)),
  traffic('s1-1k', 'the same, 1 KiB', { ...FAST, bodySizeBytes: 1024 }, cpu(1.2)),
  traffic('s1-16k', 'the same, 16 KiB', { inflight: 2000, bodySizeBytes: 16_384 }, cpu(12)),
  traffic('s1o-16', 'the same, 16 B, as fast as the broker takes it', {}),
  traffic(
    's1-4x4',
    '4 producers, 4 queues, 4 consumers, automatic acks, 16 B',
    { ...FAST, producers: 4, consumers: 4, queues: 4 },
    cpu(0.6),
  ),
  traffic(
    's2-16',
    'manual acks, prefetch 1,000, one ack for 100, 16 B',
    { ...FAST, ...MANUAL_ACKS },
    cpu(0.6),
  ),
  traffic('s2-1k', 'the same, 1 KiB', { ...FAST, ...MANUAL_ACKS, bodySizeBytes: 1024 }, cpu(1.4)),
  traffic('s3-16', `${KEPT_IN_MEMORY}, 1,000 unconfirmed, manual acks, 16 B`, {
    ...CONFIRMED,
    ...MANUAL_ACKS,
  }),
  traffic('s3-1k', 'the same, 1 KiB', { ...CONFIRMED, ...MANUAL_ACKS, bodySizeBytes: 1024 }),
  traffic('s4-pub', `${KEPT_IN_MEMORY}, each publish waits for its confirm, 1 KiB`, {
    ...SYNCHRONOUS,
    consumers: 0,
  }),
  traffic('s4-con', 'the same, consumed at once', { ...SYNCHRONOUS, prefetch: 1000 }),
  traffic('s4-10', 'the same, 10 publishers, not consumed', {
    ...SYNCHRONOUS,
    consumers: 0,
    producers: 10,
  }),
  traffic(
    's5',
    'fanout to 10 queues, 10 consumers, 16 B; CPU for a publish',
    { ...FAST, exchange: 'fanout', queues: 10, consumers: 10 },
    cpu(3),
  ),
  traffic(
    's6-1k',
    'topic exchange, 1,000 bindings, 16 B',
    { ...FAST, exchange: 'topic', bindings: 1000, queues: 10 },
    cpu(2),
  ),
  traffic(
    's6-10k',
    'the same, 10,000 bindings',
    { ...FAST, exchange: 'topic', bindings: 10_000, queues: 10 },
    cpu(3),
  ),
  {
    name: 's7-t',
    steps: [
      step('s7-t-fill', '1 million messages of 100 B fill a queue', FILL, cpu(0.7), peak(180)),
      step('s7-t-drain', 'the same messages are consumed', DRAIN, cpu(0.5), peak(180)),
    ],
  },
  {
    name: 's7-p',
    steps: [
      step('s7-p-fill', `1 million messages of 100 B, ${KEPT_IN_MEMORY}, confirmed`, {
        ...FILL,
        ...CONFIRMED,
      }),
      step('s7-p-drain', 'the same messages are consumed', { ...DRAIN, ...STORED }),
    ],
  },
  traffic(
    's8-t',
    '5,000 messages of 100 B a second: how long each is on its way',
    PACED,
    latency('latencyP50Us', 20),
    latency('latencyP99Us', 700),
  ),
  traffic('s8-p', `the same, ${KEPT_IN_MEMORY}, confirmed and acknowledged one by one`, {
    ...PACED,
    ...STORED,
    confirmWindow: 5000,
    prefetch: 1000,
  }),
  {
    name: 'amqplib',
    steps: [
      {
        row: 'amqplib',
        title: 's1-16 through an unmodified amqplib: the client is most of the work',
        work: { kind: 'library', bodySizeBytes: 16, inflight: 20_000 },
        goals: [],
      },
    ],
  },
  idle('s9', '500 idle connections, then 1,000 empty queues: memory of each', 500, 1000),
  idle('s9-c', '500 idle connections alone', 500, 0),
  idle('s9-q', '1,000 empty queues alone', 0, 1000),
  {
    name: 's10',
    steps: [
      {
        row: 's10',
        title: 'from the start of the process to the first AMQP handshake; memory when idle',
        work: { kind: 'start' },
        goals: [
          { figure: 'readyMs', atMost: 200 },
          { figure: 'idleMiB', atMost: 80 },
        ],
      },
    ],
  },
]

function traffic(
  name: string,
  title: string,
  shape: Partial<TrafficShape>,
  ...goals: Goal[]
): Scenario {
  return { name, steps: [step(name, title, shape, ...goals)] }
}

function step(row: string, title: string, shape: Partial<TrafficShape>, ...goals: Goal[]): Step {
  return { row, title, work: { kind: 'traffic', shape: { ...SIMPLE, ...shape } }, goals }
}

function idle(name: string, title: string, connections: number, queues: number): Scenario {
  const goals: Goal[] = []
  if (connections > 0) goals.push({ figure: 'connectionKiB', atMost: 48 })
  if (queues > 0) goals.push({ figure: 'queueKiB', atMost: 12 })
  return { name, steps: [{ row: name, title, work: { kind: 'idle', connections, queues }, goals }] }
}

function cpu(atMost: number): Goal {
  return { figure: 'cpuUs', atMost }
}

function peak(atMost: number): Goal {
  return { figure: 'peakMiB', atMost }
}

function latency(figure: 'latencyP50Us' | 'latencyP99Us', atMost: number): Goal {
  return { figure, atMost }
}
