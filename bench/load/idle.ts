// What a connection and a queue cost while nothing happens: the broker's
// memory before and after many of each.

import { setTimeout as sleep } from 'node:timers/promises'
import { IDLE_SIZE } from '../../src/load/link.ts'
import { Session } from '../../src/load/session.ts'
import { declareQueue, deleteQueue } from '../../src/load/topology.ts'
import { residentMiB } from '../brokers/process-tree.ts'
import { known } from './figures.ts'
import type { IdleJob, JobResult } from './job.ts'

/** Given to the broker after each step, so that what it only needed meanwhile is gone. */
const SETTLE_MS = 1500

export async function runIdle({ target, pid, prefix, ...counts }: IdleJob): Promise<JobResult> {
  const control = await Session.open(target, IDLE_SIZE)
  const memory = (): number => (pid === 0 ? Number.NaN : residentMiB(pid, 'now'))
  const before = memory()
  const sessions: Session[] = []
  for (let i = 0; i < counts.connections; i++) {
    sessions.push(await Session.open(target, IDLE_SIZE))
  }
  await sleep(SETTLE_MS)
  const connected = memory()
  for (let i = 0; i < counts.queues; i++) {
    await declareQueue(control, `${prefix}-q${i}`, {
      persistent: false,
      priorities: 0,
    })
  }
  await sleep(SETTLE_MS)
  const declared = memory()
  for (let i = 0; i < counts.queues; i++) await deleteQueue(control, `${prefix}-q${i}`)
  await Promise.all([control, ...sessions].map((session) => session.close()))
  const figures = known({
    connectionKiB: ((connected - before) * 1024) / counts.connections,
    queueKiB: ((declared - connected) * 1024) / counts.queues,
    residentMiB: declared,
  })
  return { figures, faults: [] }
}
