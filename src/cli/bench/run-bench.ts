import { nowUs } from '../../load/clock.ts'
import { Tally } from '../../load/tally.ts'
import { runTraffic } from '../../load/traffic.ts'
import type { Target, TrafficShape } from '../../load/traffic-load.ts'
import { CommandError } from '../client/exit-code.ts'
import type { Progress as ProgressLine } from '../output/progress.ts'
import { benchFigures, type Figures } from './figures.ts'

const PROGRESS_MS = 250
/** Without any progress for so long, it is given up. */
const STALL_SEC = 20
const MAX_RUN_ID = 65_535

export interface BenchRun {
  readonly target: Target
  readonly shape: TrafficShape
  readonly durationSec: number
  readonly warmupSec: number
  readonly progress: ProgressLine
}

/**
 * Loads the broker for a while. Ctrl-C ends that early, and what was measured until then counts.
 *
 * @throws CommandError when the broker cannot be reached, or closes a connection
 */
export async function runBench(run: BenchRun): Promise<Figures> {
  const { target, shape, durationSec, warmupSec, progress } = run
  const stopping = new AbortController()
  const stop = (): void => stopping.abort()
  process.once('SIGINT', stop)
  const tally = new Tally()
  const timer = setInterval(() => {
    progress.update(() => `${tally.published} published, ${tally.consumed} consumed`)
  }, PROGRESS_MS)
  const runId = 1 + Math.floor(Math.random() * MAX_RUN_ID)
  try {
    const load = { target, shape, runId, durationSec, warmupSec, stallSec: STALL_SEC }
    const prefix = `leveret-bench-${process.pid}-${runId}`
    const result = await runTraffic(
      { ...load, prefix },
      {
        tally,
        alwaysTimed: true,
        signal: stopping.signal,
        snapshot: ({ published, consumed }) => ({ atUs: nowUs(), published, consumed }),
      },
    )
    return benchFigures(result)
  } catch (error) {
    throw benchError(target, error as Error)
  } finally {
    clearInterval(timer)
    progress.end()
    process.removeListener('SIGINT', stop)
  }
}

function benchError({ host, port }: Target, error: Error): CommandError {
  const { message } = error
  if ('syscall' in error || 'code' in error) {
    return new CommandError('unreachable', `cannot reach ${host}:${port}: ${message}`)
  }
  const isRefused = /^the broker closed: (403|530) /.test(message)
  return new CommandError(isRefused ? 'notAuthorised' : 'failed', message)
}
