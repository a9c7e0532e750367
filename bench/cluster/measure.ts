import { nowUs } from '../../src/load/clock.ts'
import { IDLE_SIZE } from '../../src/load/link.ts'
import { Session } from '../../src/load/session.ts'
import { Topology } from '../../src/load/topology.ts'
import { type Progress, runTraffic } from '../../src/load/traffic.ts'
import type { Target } from '../../src/load/traffic-load.ts'
import { machineCpuSeconds } from '../brokers/process-tree.ts'
import type { RunningCluster } from './running-cluster.ts'
import type { ClusterScenario } from './scenarios.ts'

/** What was measured once. CPU is in µs a message. */
export interface ClusterFigures {
  readonly messagesPerSec: number
  readonly nodeCpuUs: number
  readonly storeCpuUs: number
  readonly confirmP50Us: number
  /** Cores kept busy by others on this machine. */
  readonly otherCores: number
}

export interface ClusterTiming {
  readonly durationSec: number
  readonly warmupSec: number
}

interface Snapshot extends Progress {
  readonly nodeCpuSec: number
  readonly storeCpuSec: number
  readonly ownCpuSec: number
  readonly machineCpuSec: number
}

const STALL_SEC = 30
const MOST_RUN_IDS = 65_535
let lastRunId = 0

/** Throws when the cluster lost, repeated or garbled anything. */
export async function measureTraffic(
  cluster: RunningCluster,
  { name, shape, through }: ClusterScenario,
  timing: ClusterTiming,
): Promise<ClusterFigures> {
  const runId = 1 + (lastRunId++ % MOST_RUN_IDS)
  const prefix = `bench-${name}-${runId}`
  const topology = new Topology(prefix, shape)
  const target = cluster.targets[0] as Target
  const session = await Session.open(target, IDLE_SIZE)
  await topology.declare(session)
  await session.close()
  const nodes = through(cluster.targets, await cluster.ownerOf(topology.queueName(0)))
  const load = { target, ...nodes, prefix, runId, shape, ...timing, stallSec: STALL_SEC }
  const { tally, moments, faults } = await runTraffic(load, {
    snapshot: ({ published, consumed }) => snapshot(cluster, { published, consumed }),
  })
  if (faults.length > 0) throw new Error(faults.join('; '))
  const { begin, stopped = moments.end, end } = moments
  const used = (which: Exclude<keyof Snapshot, keyof Progress>): number => end[which] - begin[which]
  const messages = end.published - begin.published
  const others =
    used('machineCpuSec') - used('nodeCpuSec') - used('storeCpuSec') - used('ownCpuSec')
  return {
    messagesPerSec: ((stopped.consumed - begin.consumed) / (stopped.atUs - begin.atUs)) * 1e6,
    nodeCpuUs: (used('nodeCpuSec') / messages) * 1e6,
    storeCpuUs: (used('storeCpuSec') / messages) * 1e6,
    confirmP50Us: tally.confirmLatency.quantile(0.5) ?? Number.NaN,
    otherCores: Math.max(0, others / ((end.atUs - begin.atUs) / 1e6)),
  }
}

function snapshot(cluster: RunningCluster, counts: Omit<Progress, 'atUs'>): Snapshot {
  const { user, system } = process.cpuUsage()
  return {
    atUs: nowUs(),
    ...counts,
    nodeCpuSec: cluster.nodeCpuSec(),
    storeCpuSec: cluster.storeCpuSec(),
    ownCpuSec: (user + system) / 1e6,
    machineCpuSec: machineCpuSeconds(),
  }
}
