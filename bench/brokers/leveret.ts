import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Broker, type RunningBroker, runningBroker } from './broker.ts'
import { freePort } from './free-port.ts'
import { ServerProcess, scratchDirectory } from './server-process.ts'

const BIN = fileURLToPath(new URL('../../dist/bin.js', import.meta.url))

/** Where Leveret keeps what is durable: flushed before it is confirmed, not flushed, nowhere. */
export type Keeping = 'disk' | 'os' | 'memory'

/** This project's broker, as its users run it: the built program in a process of its own. */
export class Leveret implements Broker {
  readonly name: string
  readonly #keeping: Keeping

  constructor(name: string, keeping: Keeping) {
    this.name = name
    this.#keeping = keeping
  }

  async start(): Promise<RunningBroker> {
    if (!existsSync(BIN)) throw new Error('Leveret is not built: run `npm run build` first')
    const port = await freePort()
    const directory = scratchDirectory()
    const server = new ServerProcess(directory, {
      file: process.execPath,
      args: [
        BIN,
        'start',
        '--port',
        String(port),
        '--management-port',
        'none',
        '--prometheus-port',
        'none',
        '--log-level',
        'warn',
        ...this.#store(directory),
      ],
    })
    return runningBroker(server, port, () => server.end())
  }

  #store(directory: string): string[] {
    if (this.#keeping === 'memory') return ['--data-dir', 'none']
    return ['--data-dir', join(directory, 'data'), '--durability', this.#keeping]
  }
}
