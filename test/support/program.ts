// Runs the program `leveret` as it was last built, as a process of its own.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const BIN = fileURLToPath(new URL('../../dist/bin.js', import.meta.url))

type Environment = Readonly<Record<string, string>>

/** What a run of the program left behind. */
export interface Outcome {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly environment?: Environment
  /** Its standard input. */
  readonly input?: string | Uint8Array
}

/** Runs the program to its end. */
export async function runProgram(
  args: readonly string[],
  { environment = {}, input = '' }: RunOptions = {},
): Promise<Outcome> {
  const child = spawnProgram(args, environment)
  // It may end without having read it.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ])
  return { exitCode, stdout, stderr }
}

/** The running program, which ends with the test that started it. */
export class RunningProgram {
  /** Each line of the log so far, parsed. */
  readonly log: Record<string, unknown>[] = []
  readonly #child: ChildProcessWithoutNullStreams
  readonly #exit: Promise<unknown[]>
  #onLine: () => void = () => {}

  /** Starts it on a free port, logging JSON; without a data directory unless one is named. */
  static start(args: readonly string[] = [], environment: Environment = {}): RunningProgram {
    const defaults = [
      '--port',
      '0',
      '--management-port',
      'none',
      '--prometheus-port',
      'none',
      '--data-dir',
      'none',
    ]
    return new RunningProgram(spawnProgram([...defaults, ...args], environment))
  }

  private constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child
    this.#exit = once(child, 'exit')
    createInterface(child.stdout).on('line', (line) => {
      this.log.push(JSON.parse(line))
      this.#onLine()
    })
    onTestFinished(() => void child.kill('SIGKILL'))
  }

  /** The message of the first line of the log that matches, when it is there. */
  async message(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = this.log.map(({ msg }) => String(msg)).find((msg) => pattern.test(msg))
      if (found !== undefined) return found
      await new Promise<void>((resolve) => {
        this.#onLine = resolve
      })
    }
  }

  /** The port that it says it listens on. */
  async port(): Promise<number> {
    return Number(/:(\d+)/.exec(await this.message(/^Listening on/))?.[1])
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  async exitCode(): Promise<unknown> {
    const [exitCode] = await this.#exit
    return exitCode
  }
}

function spawnProgram(
  args: readonly string[],
  environment: Environment,
): ChildProcessWithoutNullStreams {
  // What is set where the tests run must not decide what they see.
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(LEVERET|RABBITMQ)_/.test(name),
  )
  return spawn(process.execPath, [BIN, ...args], {
    env: { ...Object.fromEntries(inherited), ...environment },
  })
}
