// A broker as a child process: its own directory under the system's temporary
// one, its output in a file there, ready when an AMQP handshake succeeds. It can
// be ended and started again on what it wrote. Those still running when the
// bench is interrupted are ended with it.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { IDLE_SIZE } from '../../src/load/link.ts'
import { Session } from '../../src/load/session.ts'
import type { Target } from '../../src/load/traffic-load.ts'
import { processTree } from './process-tree.ts'

const READY_TIMEOUT_MS = 60_000
/** RabbitMQ takes its time to put a million messages away. */
const STOP_TIMEOUT_MS = 60_000
const POLL_MS = 2

/** How a process is told to end: with time for what it has to do, or without. */
export type StopSignal = 'SIGTERM' | 'SIGKILL'

const running = new Set<ServerProcess>()

export interface Command {
  file: string
  args: string[]
  env?: Record<string, string>
}

/** Whether a broker that answers is as far as it should be; throws, if it is not, to say how far. */
export type Check = (session: Session) => Promise<void>

export class ServerProcess {
  readonly directory: string
  readonly #command: Command
  #child: ChildProcess
  #startedAtMs = 0
  #exited: Promise<unknown> = Promise.resolve()
  #error: Error | undefined

  /** `directory` is the process' to use; it is removed when the process is ended for good. */
  constructor(directory: string, command: Command) {
    this.directory = directory
    this.#command = command
    this.#child = this.#spawn()
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /**
   * Waits for an AMQP handshake with a channel, and until `check` is content; says how long after
   * the start that was.
   */
  async ready(target: Target, check: Check = async () => {}): Promise<number> {
    for (;;) {
      const answer = await tryOut(target, check)
      const ms = performance.now() - this.#startedAtMs
      if (answer === undefined) return ms
      if (this.#gone || ms > READY_TIMEOUT_MS) {
        const state = this.#gone ? 'ended' : `was not ready after ${READY_TIMEOUT_MS / 1000} s`
        throw new Error(`the broker ${state} (${answer}); it said:\n${this.#lastOutput()}`)
      }
      await sleep(POLL_MS)
    }
  }

  /** Ends the process in one of two ways and starts it again, with what it left behind. */
  async restart(signal: StopSignal): Promise<void> {
    if (signal === 'SIGTERM') await this.#terminate()
    this.#killTree()
    await this.#exited
    this.#child = this.#spawn()
  }

  /** Asks the process to end, and kills it and its descendants if it does not. */
  async end(): Promise<void> {
    await this.#terminate()
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
    this.#killTree()
  }

  #killTree(): void {
    if (this.#gone) return
    for (const pid of processTree(this.pid)) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It ended by itself meanwhile.
      }
    }
  }

  async #terminate(): Promise<void> {
    if (this.#gone) return
    this.#child.kill('SIGTERM')
    await Promise.race([this.#exited, sleep(STOP_TIMEOUT_MS, undefined, { ref: false })])
  }

  #spawn(): ChildProcess {
    const { file, args, env } = this.#command
    const log = openSync(this.#logFile, 'a')
    this.#startedAtMs = performance.now()
    const child = spawn(file, args, {
      cwd: this.directory,
      stdio: ['ignore', log, log],
      env: { ...process.env, ...env },
    })
    closeSync(log)
    this.#exited = once(child, 'exit').catch((error: Error) => {
      this.#error = error
    })
    running.add(this)
    return child
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

/** Undefined when all is well, otherwise what is not. */
async function tryOut(target: Target, check: Check): Promise<string | undefined> {
  let session: Session | undefined
  try {
    session = await Session.open(target, IDLE_SIZE)
    await check(session)
    await session.close()
    return undefined
  } catch (error) {
    session?.link.destroy()
    return (error as Error).message
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
