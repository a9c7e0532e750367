// Starts a load process for one job and waits for its answer, but not for ever.

import { type ChildProcess, fork } from 'node:child_process'
import type { Job, JobAnswer, JobResult } from './job.ts'

const MAIN = new URL('./main.ts', import.meta.url)

/**
 * Runs `job` in a process of its own. Rejects when that cannot do its work, or
 * has not ended after `timeoutSec`; the process never outlives this call.
 */
export async function runJob(job: Job, timeoutSec: number): Promise<JobResult> {
  const child = fork(MAIN, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutSec * 1000)
  try {
    child.send(job)
    const answer = await answerOf(child, timeoutSec)
    if (!answer.ok) throw new Error(answer.reason)
    return answer.result
  } finally {
    clearTimeout(timer)
    child.kill('SIGKILL')
  }
}

function answerOf(child: ChildProcess, timeoutSec: number): Promise<JobAnswer> {
  return new Promise((resolve, reject) => {
    child.once('message', (answer) => resolve(answer as JobAnswer))
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      const how = signal === 'SIGKILL' ? `took over ${timeoutSec} s` : `exited (${signal ?? code})`
      reject(new Error(`the load process ${how}`))
    })
  })
}
