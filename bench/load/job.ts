// What the runner asks of a load process and what it gets back. Both travel as
// IPC messages, so everything here is plain data.

import type { Target, TrafficLoad } from '../../src/load/traffic-load.ts'

interface Measured {
  target: Target
  /** The broker's process; its descendants count as well. 0: unknown, no CPU and memory figures. */
  pid: number
  /** Names of everything declared start with this. */
  prefix: string
  /** Marks every message of the scenario, 1 to 65535. */
  runId: number
}

export interface TrafficJob extends Measured, TrafficLoad {
  kind: 'traffic'
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
