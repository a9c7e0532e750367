// One scenario on one broker, once: starts the broker, lets a load process do
// each step, stops the broker.

import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Broker, RunningBroker } from './brokers/broker.ts'
import { residentMiB } from './brokers/process-tree.ts'
import type { Figures, Job, JobResult } from './load/job.ts'
import { runJob } from './load/launch.ts'
import type { BenchOptions } from './options.ts'
import type { Scenario, Step } from './scenarios.ts'

/** How long a broker is left alone before its idle memory is read. */
const IDLE_MS = 2000
/** A run that makes no progress is given up after so long … */
const STALL_SEC = 20
/** … and its process is killed, whatever it does, after this much more than it should take. */
const GRACE_SEC = 150

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
  step: Step,
  running: RunningBroker,
  identity: { prefix: string; runId: number },
  timing: Timing,
): Promise<JobResult> {
  if (step.work.kind === 'start') return { figures: await startFigures(running), faults: [] }
  const job = jobOf(step, running, identity, timing)
  return runJob(job, timing.durationSec + GRACE_SEC)
}

function jobOf(
  { work }: Step,
  { target, pid }: RunningBroker,
  identity: { prefix: string; runId: number },
  { durationSec, warmupSec }: Timing,
): Job {
  const common = { target, pid, ...identity }
  const timing = { durationSec, warmupSec }
  switch (work.kind) {
    case 'traffic':
      return { ...common, ...timing, kind: 'traffic', shape: work.shape, stallSec: STALL_SEC }
    case 'library':
      return { ...common, ...timing, ...work }
    case 'idle':
      return { ...common, ...work }
    case 'start':
      throw new Error('a start is measured without a load process')
  }
}

async function startFigures({ pid, readyMs }: RunningBroker): Promise<Figures> {
  if (readyMs === undefined) throw new Error('this broker ran already; its start was not seen')
  await sleep(IDLE_MS)
  const idleMiB = residentMiB(pid, 'now')
  return Number.isNaN(idleMiB) ? { readyMs } : { readyMs, idleMiB }
}
