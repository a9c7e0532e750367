import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Broker, RunningBroker } from './broker.ts'
import { freePort } from './free-port.ts'
import { ServerProcess, scratchDirectory } from './server-process.ts'

const BIN = fileURLToPath(new URL('../../dist/bin.js', import.meta.url))

/** This project's broker, as its users run it: the built program in a process of its own. */
export class Leveret implements Broker {
  readonly name = 'leveret'

  async start(): Promise<RunningBroker> {
    if (!existsSync(BIN)) throw new Error('Leveret is not built: run `npm run build` first')
    const port = await freePort()
    const server = new ServerProcess(scratchDirectory(), {
      file: process.execPath,
      args: [BIN, 'start', '--port', String(port), '--data-dir', 'none', '--log-level', 'warn'],
    })
    const target = { host: '127.0.0.1', port, user: 'guest', password: 'guest', vhost: '/' }
    try {
      const readyMs = await server.ready(target)
      return { target, pid: server.pid, readyMs, stop: () => server.end() }
    } catch (error) {
      await server.kill()
      throw error
    }
  }
}
