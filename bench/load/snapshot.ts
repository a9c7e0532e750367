import { nowUs } from '../../src/load/clock.ts'
import type { Tally } from '../../src/load/tally.ts'
import type { Progress } from '../../src/load/traffic.ts'
import { cpuSeconds, machineCpuSeconds, residentMiB } from '../brokers/process-tree.ts'

/** How far everything was at one moment; figures are differences of two of these. */
export interface Snapshot extends Progress {
  /** CPU seconds of the broker, of this process and of the whole machine. */
  serverCpuSec: number
  ownCpuSec: number
  machineCpuSec: number
  /** Memory of the broker: what it has, and the most that it had. */
  residentMiB: number
  peakMiB: number
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
    residentMiB: pid === 0 ? Number.NaN : residentMiB(pid, 'now'),
    peakMiB: pid === 0 ? Number.NaN : residentMiB(pid, 'peak'),
  }
}
