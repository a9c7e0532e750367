// What a scenario is, and the words in which the table of them is written.

import type { TrafficShape } from '../src/load/traffic-load.ts'
import type { StopSignal } from './brokers/server-process.ts'
import type { FigureName } from './load/job.ts'

/** Every broker there is; `brokers/choice.ts` says what each of them is. */
export type BrokerName =
  | 'leveret'
  | 'leveret-os'
  | 'leveret-memory'
  | 'rabbitmq'
  | 'floor'
  | 'floor-os'

/** What a figure of Leveret should not exceed on a machine with two shared cores. */
export interface Goal {
  figure: FigureName
  atMost: number
  /** The only one it is meant for. */
  broker?: BrokerName
}

export type Work =
  | { kind: 'traffic'; shape: TrafficShape }
  | { kind: 'library'; bodySizeBytes: number; inflight: number }
  | { kind: 'idle'; connections: number; queues: number }
  | { kind: 'start' }
  /** The broker is ended and started again with what `fill` left, which `drain` takes out. */
  | { kind: 'restart'; signal: StopSignal; fill: TrafficShape; drain: TrafficShape }

export interface Step {
  row: string
  title: string
  work: Work
  goals: Goal[]
}

export interface Scenario {
  name: string
  steps: Step[]
  /** Measured unless others are asked for. */
  brokers: BrokerName[]
  /** Takes so long that it is only measured when asked for. */
  onlyByName: boolean
}

const USUAL: BrokerName[] = ['leveret', 'rabbitmq']
/** Where confirms are what matters, it also matters what they wait for. */
const BOTH_DURABILITIES: BrokerName[] = ['leveret', 'leveret-os', 'rabbitmq']

export const SIMPLE: TrafficShape = {
  producers: 1,
  consumers: 1,
  queues: 1,
  exchange: 'default',
  bindings: 0,
  bodySizeBytes: 16,
  persistent: false,
  priorities: 0,
  confirmWindow: 0,
  prefetch: 0,
  ackEvery: 1,
  inflight: 0,
  ratePerSec: 0,
  messageCount: 0,
  drainOnly: false,
  keepQueues: false,
}

/** For most; the table says what is different for the others. */
export function scenario(name: string, ...steps: Step[]): Scenario {
  return { name, steps, brokers: USUAL, onlyByName: false }
}

export function traffic(
  name: string,
  title: string,
  shape: Partial<TrafficShape>,
  ...goals: Goal[]
): Scenario {
  return scenario(name, step(name, title, shape, ...goals))
}

/** Traffic whose confirms wait for the store. */
export function confirmed(
  name: string,
  title: string,
  shape: Partial<TrafficShape>,
  ...goals: Goal[]
): Scenario {
  return { ...traffic(name, title, shape, ...goals), brokers: BOTH_DURABILITIES }
}

export function step(
  row: string,
  title: string,
  shape: Partial<TrafficShape>,
  ...goals: Goal[]
): Step {
  return { row, title, work: { kind: 'traffic', shape: { ...SIMPLE, ...shape } }, goals }
}

export function cpu(atMost: number): Goal {
  return { figure: 'cpuUs', atMost }
}

export function peak(atMost: number): Goal {
  return { figure: 'peakMiB', atMost }
}

export function latency(figure: 'latencyP50Us' | 'latencyP99Us', atMost: number): Goal {
  return { figure, atMost }
}
