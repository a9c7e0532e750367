import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Broker, type RunningBroker, runningBroker } from './broker.ts'
import { freePort } from './free-port.ts'
import { ServerProcess, scratchDirectory } from './server-process.ts'

const MAIN = fileURLToPath(new URL('../floor/main.ts', import.meta.url))

/** What Node takes for the bytes alone, in a process of its own: see `floor/floor.ts`. */
export class BareLoop implements Broker {
  readonly name: string
  readonly #confirmed: 'flushed' | 'written'

  constructor(name: string, confirmed: 'flushed' | 'written') {
    this.name = name
    this.#confirmed = confirmed
  }

  async start(): Promise<RunningBroker> {
    const port = await freePort()
    const directory = scratchDirectory()
    const log = join(directory, 'log')
    const server = new ServerProcess(directory, {
      file: process.execPath,
      // As this process was started, with what reads TypeScript.
      args: [...process.execArgv, MAIN, String(port), log, this.#confirmed],
    })
    return runningBroker(server, port, () => server.kill())
  }
}
