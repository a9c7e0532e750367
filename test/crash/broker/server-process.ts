import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'
import type { RunningBroker } from './crash-broker.ts'

export interface Command {
  readonly file: string
  readonly args: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
}

const LINES_MAX = 200

/** A process that is killed with all its descendants, at the end of the test at the latest. */
export class ServerProcess {
  readonly #child: ChildProcess
  readonly #exit: Promise<unknown>
  readonly #lines: string[] = []
  #onLine = (): void => {}

  constructor({ file, args, environment = {} }: Command) {
    this.#child = spawn(file, args, {
      // A group of its own, so that a signal reaches what it has spawned as well.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...inherited(), ...environment },
    })
    this.#exit = once(this.#child, 'exit').finally(() => this.#onLine())
    for (const output of [this.#child.stdout, this.#child.stderr]) {
      if (output !== null) createInterface(output).on('line', (line) => this.#keep(line))
    }
    onTestFinished(() => this.kill())
  }

  /** The last lines of its output. */
  get output(): string {
    return this.#lines.join('\n')
  }

  running(port: number): RunningBroker {
    const outputOf = () => this.output
    return {
      port,
      get output() {
        return outputOf()
      },
      kill: () => this.kill(),
      stop: () => this.stop(),
    }
  }

  /** Waits for a line that `find` makes something of. */
  async line<Found>(find: (line: string) => Found | undefined): Promise<Found> {
    for (;;) {
      for (const line of this.#lines) {
        const found = find(line)
        if (found !== undefined) return found
      }
      if (this.#isGone) throw new Error(`the broker ended before it served:\n${this.output}`)
      await new Promise<void>((resolve) => {
        this.#onLine = resolve
      })
    }
  }

  async kill(): Promise<void> {
    if (!this.#isGone) process.kill(-(this.#child.pid as number), 'SIGKILL')
    await this.#exit
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM')
    await this.#exit
  }

  get #isGone(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  #keep(line: string): void {
    this.#lines.push(line)
    if (this.#lines.length > LINES_MAX) this.#lines.shift()
    this.#onLine()
  }
}

/** What is set where the tests run must not decide what they see. */
function inherited(): Record<string, string | undefined> {
  const variables = Object.entries(process.env)
  return Object.fromEntries(variables.filter(([name]) => !/^(LEVERET|RABBITMQ)_/.test(name)))
}
