import { hostAndPort } from '../base/host-and-port.ts'
import type { Logger } from '../base/logger.ts'
import type { Endpoint } from '../management/managed-broker.ts'
import type { NodeFacts } from '../management/managed-cluster.ts'
import type {
  HttpService,
  Management,
  ManagementOptions,
  ServiceOptions,
} from '../management/management.ts'

const NAMES: Readonly<Record<HttpService, string>> = {
  http: 'Management API',
  https: 'Management API',
  'http/prometheus': 'Metrics',
}

/** The HTTP ports of a broker. Nothing of what answers there is loaded before one is opened. */
export class HttpServices {
  readonly #options: () => ManagementOptions
  readonly #logger: Logger
  #management: Management | undefined
  #isClosed = false

  /** `options` are asked for once, when there is something to say. */
  constructor(options: () => ManagementOptions, logger: Logger) {
    this.#options = options
    this.#logger = logger
  }

  /** Where they listen. */
  get endpoints(): readonly Endpoint[] {
    return this.#management?.endpoints ?? []
  }

  /** Each at most once. Rejects with the system's error when it cannot listen. */
  async open(service: HttpService, options: ServiceOptions): Promise<void> {
    const management = await this.#load()
    if (this.#isClosed) return
    await management.listen(service, options)
    this.#logger.info({}, `${NAMES[service]} on ${this.urlOf(service)}`)
  }

  /** `http://host:port`; undefined unless it is open. */
  urlOf(service: HttpService): string | undefined {
    const endpoint = this.endpoints.find(({ protocol }) => protocol === service)
    if (endpoint === undefined) return undefined
    const { host, port } = endpoint
    const scheme = service === 'https' ? 'https' : 'http'
    return `${scheme}://${hostAndPort(host, port)}`
  }

  /** What this broker says of itself to others of its cluster, whether a port is open or not. */
  async facts(): Promise<Omit<NodeFacts, 'shards'>> {
    return (await this.#load()).facts()
  }

  /** Does for another node what somebody has asked of that one over HTTP. */
  async answerNode(question: Buffer): Promise<Buffer> {
    return (await this.#load()).answerNode(question)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#management?.close()
  }

  async #load(): Promise<Management> {
    const { Management } = await import('../management/management.ts')
    this.#management ??= new Management(this.#options())
    return this.#management
  }
}
