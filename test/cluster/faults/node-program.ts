import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('node-process.ts', import.meta.url))

/** A node in a process of its own, which can be started again. */
export class NodeProgram {
  readonly name: string
  readonly #args: readonly string[]
  readonly #onLine: (words: string[]) => void
  #child: ChildProcess | undefined

  constructor(name: string, args: readonly string[], onLine: (words: string[]) => void) {
    this.name = name
    this.#args = args
    this.#onLine = onLine
  }

  start(): void {
    const node = [process.execPath, '--import', 'tsx', PROGRAM, ...this.#args]
    // The kernel ends it should this process be killed.
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...node], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    createInterface(child.stdout).on('line', (line) => this.#onLine(line.split(' ')))
    this.#child = child
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal)
  }

  /** Ends it, in an orderly way unless it is killed. */
  async stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'close')
    child.kill(signal)
    await ended
  }
}
