// The judge of this suite: what it finds wrong with RabbitMQ is most likely wrong in the suite. It
// has its own ports, name, directories and name server, beside any other that this machine runs.

import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as passed } from 'node:timers/promises'
import type { CrashBroker, RunningBroker } from './crash-broker.ts'
import { ServerProcess } from './server-process.ts'

// Debian's command on the PATH is a wrapper that changes the user; this is what it runs.
const SERVER = '/usr/lib/rabbitmq/bin/rabbitmq-server'

export class RabbitMq implements CrashBroker {
  readonly name = 'RabbitMQ'
  readonly storage = 'a journal a queue'
  readonly #port: number
  readonly #environment: Readonly<Record<string, string>>

  static async in(directory: string): Promise<RabbitMq> {
    const [port, distPort, epmdPort] = [await freePort(), await freePort(), await freePort()]
    writeFileSync(join(directory, 'enabled_plugins'), '[].')
    writeFileSync(join(directory, 'env.conf'), '')
    new ServerProcess({ file: 'epmd', args: ['-port', `${epmdPort}`, '-address', '127.0.0.1'] })
    return new RabbitMq(port, {
      HOME: directory,
      ERL_EPMD_ADDRESS: '127.0.0.1',
      ERL_EPMD_PORT: `${epmdPort}`,
      RABBITMQ_NODENAME: `leveret-crash-${port}@localhost`,
      RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
      RABBITMQ_NODE_PORT: `${port}`,
      RABBITMQ_DIST_PORT: `${distPort}`,
      RABBITMQ_MNESIA_BASE: join(directory, 'data'),
      RABBITMQ_LOG_BASE: join(directory, 'log'),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(directory, 'enabled_plugins'),
      RABBITMQ_PID_FILE: join(directory, 'pid'),
      RABBITMQ_CONF_ENV_FILE: join(directory, 'env.conf'),
      RABBITMQ_CONFIG_FILE: join(directory, 'rabbitmq'),
      RABBITMQ_ADVANCED_CONFIG_FILE: join(directory, 'advanced.config'),
    })
  }

  private constructor(port: number, environment: Readonly<Record<string, string>>) {
    this.#port = port
    this.#environment = environment
  }

  async start(): Promise<RunningBroker> {
    const server = this.#spawn()
    await server.line((line) => /completed with \d+ plugins/.test(line) || undefined)
    return server.running(this.#port)
  }

  async startAndKill(afterMs: number): Promise<void> {
    const server = this.#spawn()
    await passed(afterMs)
    await server.kill()
  }

  #spawn(): ServerProcess {
    return new ServerProcess({ file: SERVER, args: [], environment: this.#environment })
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
