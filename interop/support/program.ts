// Programs in other languages, as processes that never outlive the test that started them.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'
import { Inbox } from './inbox.ts'

/** What a program that has ended leaves behind. */
export interface Outcome {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Lifetime {
  /** It ends with the test by default; else its starter ends it. */
  readonly outlivesTest?: boolean
}

/** A program that runs. */
export class Program {
  /** When it has ended, all its output read. */
  readonly ended: Promise<Outcome>
  readonly #child: ChildProcessWithoutNullStreams
  readonly #lines = new Inbox<string>()

  constructor(command: readonly string[], { outlivesTest = false }: Lifetime = {}) {
    // The kernel kills it should this process be killed; the group is for what it starts itself.
    this.#child = spawn('setpriv', ['--pdeathsig', 'KILL', ...command], {
      detached: true,
    })
    this.ended = this.#outcome()
    if (!outlivesTest) onTestFinished(() => this.kill())
  }

  /** The next line of its standard output. Throws if there is none to come. */
  async line(): Promise<string> {
    const noMore = this.ended.then(({ exitCode, stdout, stderr }) => {
      throw new Error(`It ended with ${exitCode}, and this was all:\n${stderr}${stdout}`)
    })
    return Promise.race([this.#lines.next(), noMore])
  }

  /** Writes a line to its standard input. */
  say(line: string): void {
    this.#child.stdin.write(`${line}\n`)
  }

  /** Writes what is no whole line: keys of a terminal. */
  type(keys: string): void {
    this.#child.stdin.write(keys)
  }

  /** Ends its standard input, after this. */
  endInput(last = ''): void {
    this.#child.stdin.end(last)
  }

  /** Kills it and all that it has started, and waits for the end. */
  async kill(): Promise<void> {
    const { pid } = this.#child
    try {
      if (pid !== undefined) process.kill(-pid, 'SIGKILL')
    } catch {
      // The whole group has ended already.
    }
    await this.ended
  }

  async #outcome(): Promise<Outcome> {
    const child = this.#child
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString()
    })
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString()
    })
    // It may end without having read what it was told.
    child.stdin.on('error', () => {})
    createInterface(child.stdout).on('line', this.#lines.push)
    const [exitCode] = (await once(child, 'close')) as [number | null]
    return { exitCode, stdout, stderr }
  }
}

/** Runs a program to its end, with this as its standard input. */
export async function runProgram(
  command: readonly string[],
  input: string | undefined = '',
): Promise<Outcome> {
  const program = new Program(command)
  program.endInput(input)
  return program.ended
}

/** The same for a program that must not fail: its standard output. */
export async function outputOf(command: readonly string[], input?: string): Promise<string> {
  const { exitCode, stdout, stderr } = await runProgram(command, input)
  if (exitCode !== 0) {
    throw new Error(`${command.join(' ')} ended with ${exitCode}:\n${stderr}${stdout}`)
  }
  return stdout
}
