import { cpuSeconds, machineCpuSeconds } from '../brokers/process-tree.ts'
import { nowUs } from './clock.ts'
import type { Tally } from './tally.ts'

/** How far everything was at one moment; figures are differences of two of these. */
export interface Snapshot {
  atUs: number
  published: number
  consumed: number
  /** CPU seconds of the broker, of this process and of the whole machine. */
  serverCpuSec: number
  ownCpuSec: number
  machineCpuSec: number
}

export function takeSnapshot(tally: Tally, pid: number): Snapshot {
  const { user, system } = process.cpuUsage()
  return {
    atUs: nowUs(),
    published: tally.published,
    consumed: tally.consumed,
    serverCpuSec: pid === 0 ? Number.NaN : cpuSeconds(pid),
    ownCpuSec: (user + system) / 1e6,
    machineCpuSec: machineCpuSeconds(),
  }
}
