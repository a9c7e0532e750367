import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { connect } from '@nats-io/transport-node'
import { NatsServer } from './nats-server.ts'
import { type ClusterAccess, type ServerPlace, serverConfig } from './server-config.ts'

export interface NatsClusterOptions extends ClusterAccess {
  /** Everything of the servers is in here. */
  readonly directory: string
  /** The port of the first one, followed by those of the others; free ones unless it is given. */
  readonly port?: number
  readonly size?: number
}

/** How long a fresh cluster, or one that was restarted as a whole, may need until it takes requests. */
const READY_MS = 30_000
const ROUTE_PORTS_AFTER = 2000

/** Three nats-servers on this machine that form a cluster with JetStream. */
export class NatsCluster {
  readonly servers: readonly NatsServer[]
  readonly #access: ClusterAccess

  static async start(options: NatsClusterOptions): Promise<NatsCluster> {
    const size = options.size ?? 3
    const ports = await choosePorts(options.port, size)
    const places = ports.map(([clientPort, routePort], index): ServerPlace => {
      const name = `n${index + 1}`
      return { name, clientPort, routePort, storeDir: join(options.directory, name, 'store') }
    })
    const cluster = new NatsCluster(options, places)
    for (const server of cluster.servers) server.start()
    await cluster.ready()
    return cluster
  }

  private constructor(options: NatsClusterOptions, places: readonly ServerPlace[]) {
    this.#access = options
    this.servers = places.map((place) => {
      const { user, password, host = '127.0.0.1' } = options
      const url = `nats://${user}:${password}@${host}:${place.clientPort}`
      const directory = join(options.directory, place.name)
      return new NatsServer(place.name, url, directory, serverConfig(place, places, options))
    })
  }

  get urls(): string[] {
    return this.servers.map(({ url }) => url)
  }

  /** Resolves when JetStream takes requests. */
  async ready(): Promise<void> {
    const untilMs = performance.now() + READY_MS
    for (;;) {
      try {
        await this.#ask()
        return
      } catch (error) {
        if (performance.now() > untilMs) throw error
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    }
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await Promise.all(this.servers.map((server) => server.stop(signal)))
  }

  async #ask(): Promise<void> {
    const servers = this.urls.map((url) => new URL(url).host)
    const { user, password: pass } = this.#access
    const connection = await connect({ servers, user, pass, timeout: 2000, reconnect: false })
    try {
      // A stream that all servers have a copy of can only be made when all of them are there.
      const stream = {
        name: 'READY',
        subjects: ['leveret.ready'],
        num_replicas: this.servers.length,
      }
      const request = JSON.stringify(stream)
      const answer = await connection.request('$JS.API.STREAM.CREATE.READY', request, {
        timeout: 5000,
      })
      const { error } = answer.json<{ error?: { description: string } }>()
      if (error !== undefined) throw new Error(error.description)
      await connection.request('$JS.API.STREAM.DELETE.READY', '{}')
    } finally {
      await connection.close()
    }
  }
}

/** The ports for clients and for the other servers, a pair for each. */
async function choosePorts(first: number | undefined, size: number): Promise<[number, number][]> {
  const indexes = Array.from({ length: size }, (_, index) => index)
  if (first !== undefined) {
    return indexes.map((index) => [first + index, first + index + ROUTE_PORTS_AFTER])
  }
  // All are open at the same time, so that they differ.
  const pairs = await Promise.all(
    indexes.map(() => Promise.all([listenAnywhere(), listenAnywhere()])),
  )
  return Promise.all(pairs.map(([client, route]) => Promise.all([portOf(client), portOf(route)])))
}

async function listenAnywhere(): Promise<Server> {
  const listener = createServer().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  return listener
}

async function portOf(listener: Server): Promise<number> {
  const { port } = listener.address() as AddressInfo
  listener.close()
  await once(listener, 'close')
  return port
}
