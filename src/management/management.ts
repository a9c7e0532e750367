import { Api } from './api.ts'
import { Authentication } from './authentication.ts'
import { Front } from './front.ts'
import { HttpServer } from './http-server.ts'
import type { Endpoint, ManagedBroker } from './managed-broker.ts'
import { MetricsPages } from './metrics/metrics-pages.ts'
import { ROUTES } from './routes/all-routes.ts'
import { Statistics } from './statistics/statistics.ts'

export interface ManagementOptions {
  readonly host: string
  /** 0 for any free one. */
  readonly port: number
  /** Of a request; more is refused. */
  readonly bodyLimitBytes: number
  readonly broker: ManagedBroker
}

/** The management API on a port of its own, and the dashboard beside it. */
export class Management {
  readonly endpoint: Endpoint
  readonly #server: HttpServer
  readonly #statistics: Statistics

  /** Rejects with the system's error when it cannot listen. */
  static async open({
    host,
    port,
    bodyLimitBytes,
    broker,
  }: ManagementOptions): Promise<Management> {
    const { administration, failedLogins } = broker
    const authentication = new Authentication(administration.authenticator, failedLogins)
    const statistics = new Statistics(broker)
    const metrics = new MetricsPages(broker, statistics)
    const options = { broker, statistics, metrics, authentication, bodyLimitBytes }
    const api = new Api({ ...options, routes: ROUTES })
    const front = new Front({ api, authentication, broker, bodyLimitBytes })
    const handle: Front['handle'] = (request, response) => front.handle(request, response)
    const server = new HttpServer({ host, port, handle })
    const { address, port: chosen } = await server.listen()
    return new Management(server, statistics, { protocol: 'http', host: address, port: chosen })
  }

  private constructor(server: HttpServer, statistics: Statistics, endpoint: Endpoint) {
    this.#server = server
    this.#statistics = statistics
    this.endpoint = endpoint
  }

  close(): Promise<void> {
    this.#statistics.close()
    return this.#server.close()
  }
}
