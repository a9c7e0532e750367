// A broker as a child process: its own directory under the system's temporary
// one, its output in a file there, ready when an AMQP handshake succeeds. Those
// still running when the bench is interrupted are ended with it.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Target } from '../load/job.ts'
import { IDLE_SIZE } from '../load/link.ts'
import { Session } from '../load/session.ts'
import { processTree } from './process-tree.ts'

const READY_TIMEOUT_MS = 60_000
const STOP_TIMEOUT_MS = 10_000
const POLL_MS = 2

const running = new Set<ServerProcess>()

export interface Command {
  file: string
  args: string[]
  env?: Record<string, string>
}

export class ServerProcess {
  readonly directory: string
  readonly #child: ChildProcess
  readonly #startedAtMs: number = performance.now()
  readonly #exited: Promise<unknown>
  #error: Error | undefined

  /** `directory` is the process' to use; it is removed when the process is ended. */
  constructor(directory: string, { file, args, env }: Command) {
    this.directory = directory
    const log = openSync(this.#logFile, 'a')
    this.#child = spawn(file, args, {
      cwd: directory,
      stdio: ['ignore', log, log],
      env: { ...process.env, ...env },
    })
    closeSync(log)
    this.#exited = once(this.#child, 'exit').catch((error: Error) => {
      this.#error = error
    })
    running.add(this)
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** Waits for an AMQP handshake with a channel; says how long after the start it succeeded. */
  async ready(target: Target): Promise<number> {
    for (;;) {
      const session = await Session.open(target, IDLE_SIZE).catch(() => undefined)
      const ms = performance.now() - this.#startedAtMs
      if (session) {
        await session.close()
        return ms
      }
      if (this.#gone || ms > READY_TIMEOUT_MS) {
        const what = this.#gone ? 'ended' : `was not ready after ${READY_TIMEOUT_MS / 1000} s`
        throw new Error(`the broker ${what}; it said:\n${this.#lastOutput()}`)
      }
      await sleep(POLL_MS)
    }
  }

  /** Asks the process to end, and kills it and its descendants if it does not. */
  async end(): Promise<void> {
    if (!this.#gone) {
      this.#child.kill('SIGTERM')
      await Promise.race([this.#exited, sleep(STOP_TIMEOUT_MS, undefined, { ref: false })])
    }
    await this.kill()
  }

  /** Kills the process and its descendants at once: for brokers whose data nobody wants. */
  async kill(): Promise<void> {
    this.killNow()
    await this.#exited
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5 })
  }

  killNow(): void {
    running.delete(this)
    if (this.#gone) return
    for (const pid of processTree(this.pid)) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It ended by itself meanwhile.
      }
    }
  }

  get #gone(): boolean {
    return (
      this.#error !== undefined || this.#child.exitCode !== null || this.#child.signalCode !== null
    )
  }

  get #logFile(): string {
    return join(this.directory, 'output.log')
  }

  #lastOutput(): string {
    if (this.#error) return this.#error.message
    return readFileSync(this.#logFile, 'utf8').trimEnd().split('\n').slice(-10).join('\n')
  }
}

/** A new directory for a broker under test. */
export function scratchDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'leveret-bench-'))
}

/** Ends, at once, every broker that still runs. */
export function killAll(): void {
  for (const server of running) {
    server.killNow()
    rmSync(server.directory, { recursive: true, force: true })
  }
}
