// One scenario on one broker, once: starts the broker, lets a load process do
// each step, stops the broker.

import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Session } from '../src/load/session.ts'
import { declareQueue, Topology } from '../src/load/topology.ts'
import type { TrafficShape } from '../src/load/traffic-load.ts'
import type { Broker, RunningBroker } from './brokers/broker.ts'
import { residentMiB } from './brokers/process-tree.ts'
import { known } from './load/figures.ts'
import type { Figures, Job, JobResult } from './load/job.ts'
import { runJob } from './load/launch.ts'
import type { BenchOptions } from './options.ts'
import type { Scenario, Step, Work } from './scenario.ts'

/** How long a broker is left alone before its idle memory is read. */
const IDLE_MS = 2000
/** A run that makes no progress is given up after so long … */
const STALL_SEC = 20
/** … and its process is killed, whatever it does, after this much more than it should take. */
const GRACE_SEC = 150
/** What a message of a backlog may take in a load process at most. */
const MESSAGE_SEC = 1e-4

type Identity = Pick<Job, 'prefix' | 'runId'>
type Restart = Extract<Work, { kind: 'restart' }>
type Timing = Pick<BenchOptions, 'durationSec' | 'warmupSec'>

/** What came of one step: figures, or why there are none. */
export interface Sample {
  step: Step
  figures: Figures
  faults: string[]
}

/** Measures all steps. What goes wrong is a fault in a sample, never an exception. */
export async function measure(
  scenario: Scenario,
  broker: Broker,
  timing: Timing,
): Promise<Sample[]> {
  const identity = { prefix: `bench-${scenario.name}`, runId: randomInt(1, 0x10000) }
  const samples: Sample[] = []
  let running: RunningBroker | undefined
  try {
    running = await broker.start()
    for (const step of scenario.steps) {
      samples.push({ step, ...(await runStep(step, running, identity, timing)) })
    }
  } catch (error) {
    // The steps after it build on what it should have left behind, so they fail with it.
    for (const step of scenario.steps.slice(samples.length)) {
      samples.push({ step, figures: {}, faults: [(error as Error).message] })
    }
  } finally {
    await running?.stop()
  }
  return samples
}

async function runStep(
  { work }: Step,
  running: RunningBroker,
  identity: Identity,
  timing: Timing,
): Promise<JobResult> {
  switch (work.kind) {
    case 'start':
      return { figures: await startFigures(running, running.readyMs), faults: [] }
    case 'restart':
      return restart(work, running, identity, timing)
    default:
      return runJob(...jobOf(work, running, identity, timing))
  }
}

/** Fills a queue, ends the broker, and sees that it comes back with every message. */
async function restart(
  { signal, fill, drain }: Restart,
  running: RunningBroker,
  identity: Identity,
  timing: Timing,
): Promise<JobResult> {
  const traffic = (shape: TrafficShape): Promise<JobResult> =>
    runJob(...jobOf({ kind: 'traffic', shape }, running, identity, timing))
  const filled = await traffic(fill)
  const queue = new Topology(identity.prefix, fill).queueName(0)
  const readyMs = await running.restart(signal, async (session: Session) => {
    const { messageCount } = await declareQueue(session, queue, fill)
    if (messageCount !== fill.messageCount) throw new Error(`${messageCount} messages`)
  })
  const figures = await startFigures(running, readyMs)
  const drained = await traffic(drain)
  return { figures, faults: [...filled.faults, ...drained.faults] }
}

/** What a load process is to do, and the seconds after which it is given up. */
function jobOf(
  work: Exclude<Work, { kind: 'start' } | Restart>,
  { target, pid }: RunningBroker,
  identity: Identity,
  { durationSec, warmupSec }: Timing,
): [Job, timeoutSec: number] {
  const common = { target, pid, ...identity }
  const timing = { durationSec, warmupSec }
  const timeoutSec = durationSec + GRACE_SEC
  switch (work.kind) {
    case 'traffic': {
      const { shape } = work
      const job: Job = { ...common, ...timing, kind: 'traffic', shape, stallSec: STALL_SEC }
      return [job, timeoutSec + shape.messageCount * MESSAGE_SEC]
    }
    case 'library':
      return [{ ...common, ...timing, ...work }, timeoutSec]
    case 'idle':
      return [{ ...common, ...work }, timeoutSec]
  }
}

async function startFigures({ pid }: RunningBroker, readyMs: number | undefined): Promise<Figures> {
  if (readyMs === undefined) throw new Error('this broker ran already; its start was not seen')
  await sleep(IDLE_MS)
  return known({
    readyMs,
    idleMiB: residentMiB(pid, 'now'),
    peakMiB: residentMiB(pid, 'peak'),
  })
}
