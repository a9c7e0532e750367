// A RabbitMQ of the bench's own, beside any that runs on this machine: own
// ports, own node name, own directories, own configuration (none), and an own
// epmd, Erlang's name server, which would otherwise be started as a daemon and
// shared with every other Erlang node.

import { existsSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Broker, type RunningBroker, runningBroker } from './broker.ts'
import { freePort } from './free-port.ts'
import { ServerProcess, scratchDirectory } from './server-process.ts'

/** The programs of a RabbitMQ. */
export interface Installation {
  server: string
  epmd: string
}

export class RabbitMq implements Broker {
  readonly name = 'rabbitmq'
  readonly #installation: Installation

  constructor(installation: Installation) {
    this.#installation = installation
  }

  async start(): Promise<RunningBroker> {
    const port = await freePort()
    const epmdPort = String(await freePort())
    const epmd = new ServerProcess(scratchDirectory(), {
      file: this.#installation.epmd,
      args: ['-port', epmdPort, '-address', '127.0.0.1'],
    })
    const directory = scratchDirectory()
    writeFileSync(join(directory, 'enabled_plugins'), '[].')
    writeFileSync(join(directory, 'env.conf'), '')
    const server = new ServerProcess(directory, {
      file: this.#installation.server,
      args: [],
      env: {
        ...environment(directory, port, await freePort()),
        ERL_EPMD_PORT: epmdPort,
      },
    })
    // Nothing is kept, so there is no point in a clean shutdown, which takes seconds.
    const stop = async (): Promise<void> => {
      await server.kill()
      await epmd.kill()
    }
    return runningBroker(server, port, stop)
  }
}

/** The RabbitMQ of this machine, if it has one. */
export function findRabbitMq(): RabbitMq | undefined {
  const installation = findInstallation()
  return installation && new RabbitMq(installation)
}

export function findInstallation(): Installation | undefined {
  const server = [
    // Debian's command on the PATH is a wrapper that changes the user; this is what it runs.
    '/usr/lib/rabbitmq/bin/rabbitmq-server',
    '/opt/rabbitmq/sbin/rabbitmq-server',
    ...onPath('rabbitmq-server'),
  ].find(existsSync)
  const epmd = [...onPath('epmd'), '/usr/lib/erlang/bin/epmd'].find(existsSync)
  return server && epmd ? { server, epmd } : undefined
}

/** Everything of a node in that directory, and nothing of it that others have. */
export function environment(
  directory: string,
  port: number,
  distPort: number,
): Record<string, string> {
  return {
    HOME: directory,
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: `leveret-bench-${port}@localhost`,
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_DIST_PORT: String(distPort),
    RABBITMQ_MNESIA_BASE: join(directory, 'data'),
    RABBITMQ_LOG_BASE: join(directory, 'log'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(directory, 'enabled_plugins'),
    RABBITMQ_PID_FILE: join(directory, 'pid'),
    RABBITMQ_CONF_ENV_FILE: join(directory, 'env.conf'),
    RABBITMQ_CONFIG_FILE: join(directory, 'rabbitmq'),
    RABBITMQ_ADVANCED_CONFIG_FILE: join(directory, 'advanced.config'),
  }
}

function onPath(name: string): string[] {
  return (process.env['PATH'] ?? '').split(delimiter).map((directory) => join(directory, name))
}
