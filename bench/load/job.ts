// What the runner asks of a load process and what it gets back. Both travel as
// IPC messages, so everything here is plain data.

/** Where the broker listens; only loopback addresses are loaded. */
export interface Target {
  host: string
  port: number
  user: string
  password: string
  vhost: string
}

/** How messages travel in one measurement. Names without a unit are counts. */
export interface TrafficShape {
  producers: number
  /** 0: nobody consumes; the end is known by a synchronous method after the last publish. */
  consumers: number
  queues: number
  exchange: 'default' | 'fanout' | 'topic'
  /** Topic only: binding i goes to queue i modulo queues, every published key matches one. */
  bindings: number
  bodySizeBytes: number
  /** Delivery mode 2 into durable queues. */
  persistent: boolean
  /** Queues have so many priorities, and messages each of them in turn; 0: none. */
  priorities: number
  /** Publisher confirms with this many outstanding for each producer; 0 without. */
  confirmWindow: number
  /** Manual acks with this prefetch; 0: automatic acks, no limit. */
  prefetch: number
  /** With prefetch: one ack for this many deliveries. */
  ackEvery: number
  /** Producers pause while this many deliveries are outstanding; 0: no limit. */
  inflight: number
  /** Messages a second in all, sent when they are due; 0: as fast as possible. */
  ratePerSec: number
  /** Messages in all instead of a duration; 0: by time. */
  messageCount: number
  /** With messageCount and no producers: that many messages wait in the queue already. */
  drainOnly: boolean
  /** Leave the queues and what they hold for the next step. */
  keepQueues: boolean
}

interface Measured {
  target: Target
  /** The broker's process; its descendants count as well. 0: unknown, no CPU and memory figures. */
  pid: number
  /** Names of everything declared start with this. */
  prefix: string
  /** Marks every message of the scenario, 1 to 65535. */
  runId: number
}

export interface TrafficJob extends Measured {
  kind: 'traffic'
  shape: TrafficShape
  durationSec: number
  /** At the beginning of the duration, not measured. */
  warmupSec: number
  /** Without any progress for so long, the run is given up. */
  stallSec: number
}

export interface IdleJob extends Measured {
  kind: 'idle'
  connections: number
  queues: number
}

export interface LibraryJob extends Measured {
  kind: 'library'
  bodySizeBytes: number
  inflight: number
  durationSec: number
  warmupSec: number
}

export type Job = TrafficJob | IdleJob | LibraryJob

/**
 * Figures by name; a figure that could not be taken is left out.
 *
 * - `messagesPerSec` deliveries (or publishes, where nobody consumes) in the measured window
 * - `cpuUs` server CPU a published message (or a delivered one, where nobody publishes), in µs
 * - `latencyP50Us`, `latencyP99Us` from when a message was due to be sent to its arrival
 * - `confirmP50Us`, `confirmP99Us` from publish to confirm
 * - `peakMiB` the most memory (resident) the server had, `residentMiB` what it had at the end
 * - `generatorUs` the load process' own CPU a message, `generatorLoad` its share of one core
 * - `otherCores` cores kept busy by anyone else on this machine meanwhile: the noise
 * - `lateMaxUs` how late a message that was due left at worst
 * - `connectionKiB`, `queueKiB`, `readyMs`, `idleMiB`: what the footprint scenarios measure
 */
export interface Figures {
  messagesPerSec?: number
  cpuUs?: number
  latencyP50Us?: number
  latencyP99Us?: number
  confirmP50Us?: number
  confirmP99Us?: number
  peakMiB?: number
  residentMiB?: number
  generatorUs?: number
  generatorLoad?: number
  otherCores?: number
  lateMaxUs?: number
  connectionKiB?: number
  queueKiB?: number
  readyMs?: number
  idleMiB?: number
}

export type FigureName = keyof Figures

/** `faults` says what the broker did wrong with the messages; empty: every message as it must be. */
export interface JobResult {
  figures: Figures
  faults: string[]
}

/** What a load process answers: a result, or why there is none. */
export type JobAnswer = { ok: true; result: JobResult } | { ok: false; reason: string }
