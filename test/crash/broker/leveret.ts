import { setTimeout as passed } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Durability } from '../../../src/store/journal.ts'
import type { CrashBroker, RunningBroker } from './crash-broker.ts'
import { ServerProcess } from './server-process.ts'

const BIN = fileURLToPath(new URL('../../../dist/bin.js', import.meta.url))

export interface LeveretOptions {
  readonly directory: string
  readonly durability: Durability
  /** Further arguments of the program. */
  readonly args?: readonly string[]
}

/** Leveret as it was last built, on a data directory. */
export class Leveret implements CrashBroker {
  readonly name: string
  readonly storage = 'one journal'
  readonly #args: readonly string[]

  constructor({ directory, durability, args = [] }: LeveretOptions) {
    this.name = `Leveret with durability ${durability}`
    const storage = ['--data-dir', directory, '--durability', durability]
    this.#args = [
      'start',
      '--port',
      '0',
      '--management-port',
      'none',
      '--prometheus-port',
      'none',
      '--log-format',
      'json',
      ...storage,
      ...args,
    ]
  }

  async start(): Promise<RunningBroker> {
    const server = this.#spawn()
    const port = await server.line((line) => /"Listening on [^"]*:(\d+),/.exec(line)?.[1])
    await server.line((line) => line.includes('Server startup complete') || undefined)
    return server.running(Number(port))
  }

  async startAndKill(afterMs: number): Promise<void> {
    const server = this.#spawn()
    await passed(afterMs)
    await server.kill()
  }

  #spawn(): ServerProcess {
    return new ServerProcess({ file: process.execPath, args: [BIN, ...this.#args] })
  }
}
