// A load process: gets one job as an IPC message, does it, answers, and ends.
// It also ends when the process that started it does.

import { runIdle } from './idle.ts'
import type { Job, JobAnswer, JobResult } from './job.ts'
import { runLibrary } from './library.ts'
import { runTraffic } from './traffic.ts'

process.once('message', (job: Job) => {
  run(job).then(
    (result) => answer({ ok: true, result }),
    (error: Error) => answer({ ok: false, reason: error.message }),
  )
})
process.once('disconnect', () => process.exit(1))

function run(job: Job): Promise<JobResult> {
  switch (job.kind) {
    case 'traffic':
      return runTraffic(job)
    case 'idle':
      return runIdle(job)
    case 'library':
      return runLibrary(job)
  }
}

function answer(message: JobAnswer): void {
  process.send?.(message, () => process.exit(0))
}
