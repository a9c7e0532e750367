// What is measured: one table. README.md says what each row tells.
//
// A scenario is measured on a broker that was just started for it. Its steps
// follow each other on that broker; each of them is a row of the report.

import type { TrafficShape } from '../src/load/traffic-load.ts'
import type { StopSignal } from './brokers/server-process.ts'
import {
  confirmed,
  cpu,
  type Goal,
  latency,
  peak,
  type Scenario,
  SIMPLE,
  scenario,
  step,
  traffic,
} from './scenario.ts'

// A closed loop: a broker's backlog would otherwise grow with its slowness, and be measured too.
const FAST: Partial<TrafficShape> = { inflight: 20_000 }
const MANUAL_ACKS: Partial<TrafficShape> = { prefetch: 1000, ackEvery: 100 }
const STORED: Partial<TrafficShape> = { persistent: true }
const CONFIRMED: Partial<TrafficShape> = { ...STORED, confirmWindow: 1000 }
const SYNCHRONOUS: Partial<TrafficShape> = { ...STORED, confirmWindow: 1, bodySizeBytes: 1024 }
const BACKLOG: Partial<TrafficShape> = { bodySizeBytes: 100, messageCount: 1_000_000 }
const STORED_BACKLOG: Partial<TrafficShape> = { ...BACKLOG, ...CONFIRMED }
const FILL: Partial<TrafficShape> = { consumers: 0, keepQueues: true }
const DRAIN: Partial<TrafficShape> = { ...MANUAL_ACKS, producers: 0, drainOnly: true }
const PACED: Partial<TrafficShape> = { bodySizeBytes: 100, ratePerSec: 5000 }

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
  traffic(
    's2-10p',
    'the same as s2-16, of ten priorities',
    { ...FAST, ...MANUAL_ACKS, priorities: 10 },
    cpu(0.9),
  ),
  confirmed(
    's3-16',
    'persistent, 1,000 unconfirmed, manual acks, 16 B',
    { ...CONFIRMED, ...MANUAL_ACKS },
    cpu(1),
  ),
  confirmed(
    's3-1k',
    'the same, 1 KiB',
    { ...CONFIRMED, ...MANUAL_ACKS, bodySizeBytes: 1024 },
    cpu(2.5),
  ),
  confirmed(
    's4-pub',
    'persistent, each publish waits for its confirm, 1 KiB',
    { ...SYNCHRONOUS, consumers: 0 },
    { figure: 'confirmP50Us', atMost: 65, broker: 'leveret' },
    { figure: 'confirmP50Us', atMost: 25, broker: 'leveret-os' },
  ),
  confirmed('s4-con', 'the same, consumed at once', { ...SYNCHRONOUS, prefetch: 1000 }),
  confirmed('s4-10', 'the same, 10 publishers, not consumed', {
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
  backlog(
    's7-t',
    '1 million messages of 100 B',
    BACKLOG,
    [cpu(0.7), peak(180)],
    [cpu(0.5), peak(180)],
  ),
  backlog(
    's7-p',
    '1 million messages of 100 B, persistent and confirmed,',
    STORED_BACKLOG,
    [cpu(1), peak(180)],
    [cpu(0.7), peak(180)],
  ),
  {
    ...backlog(
      's7-10m',
      '10 million messages of 100 B, persistent and confirmed,',
      { ...STORED_BACKLOG, messageCount: 10_000_000 },
      [peak(250)],
      [peak(250)],
    ),
    brokers: ['leveret'],
    onlyByName: true,
  },
  traffic(
    's8-t',
    '5,000 messages of 100 B a second: how long each is on its way',
    PACED,
    latency('latencyP50Us', 20),
    latency('latencyP99Us', 700),
  ),
  traffic(
    's8-p',
    'the same, persistent, confirmed and acknowledged one by one',
    { ...PACED, ...STORED, confirmWindow: 5000, prefetch: 1000 },
    latency('latencyP50Us', 30),
  ),
  scenario('amqplib', {
    row: 'amqplib',
    title: 's1-16 through an unmodified amqplib: the client is most of the work',
    work: { kind: 'library', bodySizeBytes: 16, inflight: 20_000 },
    goals: [],
  }),
  idle('s9', '500 idle connections, then 1,000 empty queues: memory of each', 500, 1000),
  idle('s9-c', '500 idle connections alone', 500, 0),
  idle('s9-q', '1,000 empty queues alone', 0, 1000),
  scenario('s10', {
    row: 's10',
    title: 'from the start of the process to the first AMQP handshake; memory when idle',
    work: { kind: 'start' },
    goals: [
      { figure: 'readyMs', atMost: 200 },
      { figure: 'idleMiB', atMost: 80 },
    ],
  }),
  restart(
    's10-term',
    '1 million persistent messages, ended by SIGTERM: until it has them',
    'SIGTERM',
  ),
  restart('s10-kill', 'the same, killed by SIGKILL', 'SIGKILL'),
]

function backlog(
  name: string,
  what: string,
  shape: Partial<TrafficShape>,
  fillGoals: Goal[],
  drainGoals: Goal[],
): Scenario {
  return scenario(
    name,
    step(`${name}-fill`, `${what} fill a queue`, { ...shape, ...FILL }, ...fillGoals),
    step(`${name}-drain`, 'the same messages are consumed', { ...shape, ...DRAIN }, ...drainGoals),
  )
}

function restart(name: string, title: string, signal: StopSignal): Scenario {
  const fill = { ...SIMPLE, ...STORED_BACKLOG, ...FILL }
  const drain = { ...SIMPLE, ...STORED_BACKLOG, ...DRAIN }
  return scenario(name, {
    row: name,
    title,
    work: { kind: 'restart', signal, fill, drain },
    goals: [{ figure: 'readyMs', atMost: 500 }],
  })
}

function idle(name: string, title: string, connections: number, queues: number): Scenario {
  const goals: Goal[] = []
  if (connections > 0) goals.push({ figure: 'connectionKiB', atMost: 48 })
  if (queues > 0) goals.push({ figure: 'queueKiB', atMost: 12 })
  return scenario(name, { row: name, title, work: { kind: 'idle', connections, queues }, goals })
}
