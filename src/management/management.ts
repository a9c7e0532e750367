import type { TlsIdentity } from '../server/tls-identity.ts'
import { Api } from './api.ts'
import { Authentication } from './authentication.ts'
import { Front } from './front.ts'
import { type HttpHandler, HttpServer, type HttpTls } from './http-server.ts'
import type { Endpoint, ManagedBroker } from './managed-broker.ts'
import type { NodeFacts } from './managed-cluster.ts'
import { MetricsPages } from './metrics/metrics-pages.ts'
import { MetricsPort } from './metrics/metrics-port.ts'
import { nodeFacts } from './node-facts.ts'
import { ROUTES } from './routes/all-routes.ts'
import { Statistics } from './statistics/statistics.ts'

/** What is served over HTTP, each on a port of its own. */
export type HttpService = 'http' | 'https' | 'http/prometheus'

/** What the user names the ports with. */
const FLAGS: Readonly<Record<HttpService, string>> = {
  http: 'management-port',
  https: 'management-tls-port',
  'http/prometheus': 'prometheus-port',
}

export interface ServiceOptions {
  readonly host: string
  /** 0 for any free one. */
  readonly port: number
  /** For `https`. */
  readonly identity?: TlsIdentity | undefined
}

export interface ManagementOptions {
  /** Of a request; more is refused. */
  readonly bodyLimitBytes: number
  readonly tlsVerify: HttpTls['verify']
  readonly handshakeTimeoutMs: number
  readonly broker: ManagedBroker
}

/** What a broker serves over HTTP: the management API and the dashboard beside it, and metrics. */
export class Management {
  readonly #options: ManagementOptions
  readonly #statistics: Statistics
  readonly #api: Api
  readonly #handlers: Readonly<Record<HttpService, HttpHandler>>
  readonly #servers = new Map<HttpService, HttpServer>()

  constructor(options: ManagementOptions) {
    const { bodyLimitBytes, broker } = options
    const { administration, failedLogins } = broker
    const authentication = new Authentication(administration.authenticator, failedLogins)
    const statistics = new Statistics(broker)
    const metrics = new MetricsPages(broker, statistics)
    const common = { broker, authentication, bodyLimitBytes }
    const api = new Api({ ...common, statistics, metrics, routes: ROUTES })
    const front = new Front({ ...common, api })
    const open = new MetricsPort(metrics, broker.logger)
    const manage: HttpHandler = (request, response) => front.handle(request, response)
    this.#options = options
    this.#api = api
    this.#statistics = statistics
    this.#handlers = {
      http: manage,
      https: manage,
      'http/prometheus': (request, response) => open.handle(request, response),
    }
  }

  /** Where it listens, as far as it does. */
  get endpoints(): readonly Endpoint[] {
    return Array.from(this.#servers, ([protocol, { address }]) => {
      return { protocol, host: address.address, port: address.port }
    })
  }

  /** What this broker says of itself to others of its cluster. */
  facts(): Promise<Omit<NodeFacts, 'shards'>> {
    const { broker } = this.#options
    return nodeFacts(broker, this.#statistics.of(broker, new URLSearchParams()))
  }

  /** Does for another node of the cluster what somebody has asked of that one. */
  answerNode(question: Buffer): Promise<Buffer> {
    return this.#api.answerNode(question)
  }

  /** Once each. Rejects with the system's error when it cannot listen. */
  async listen(service: HttpService, { identity, ...at }: ServiceOptions): Promise<void> {
    if (this.#servers.has(service)) return
    const { tlsVerify: verify, handshakeTimeoutMs, broker } = this.#options
    const tls = identity && { identity, verify, handshakeTimeoutMs }
    const handle = this.#handlers[service]
    const common = { flag: FLAGS[service], logger: broker.logger }
    this.#servers.set(service, await HttpServer.open({ ...at, ...common, tls, handle }))
  }

  async close(): Promise<void> {
    this.#statistics.close()
    await Promise.all(Array.from(this.#servers.values(), (server) => server.close()))
  }
}
