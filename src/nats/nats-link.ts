import {
  connect,
  credsAuthenticator,
  type NatsConnection,
  type NodeConnectionOptions,
} from '@nats-io/transport-node'
import type { Logger } from '../base/logger.ts'
import { Requests } from './requests.ts'

export interface NatsLinkOptions {
  /** `nats://host:port`, or `tls://…`; a user and password in the first one count for all. */
  readonly servers: readonly string[]
  /** As NATS shows it to its administrators. */
  readonly name: string
  /** The content of a file of credentials, instead of a user and password. */
  readonly credentials?: Uint8Array
  readonly tls?: NonNullable<NodeConnectionOptions['tls']>
  readonly logger: Logger
}

// A node that has lost its server must be with another one before it is taken for dead, which is
// after some 450 ms when that server has ended, and 250 ms if not. If the server hangs, rather than
// ends, that is noticed when two pings are not answered: not sooner, because a server that is only
// busy would be left again and again.
const RECONNECT_WAIT_MS = 20
const DIAL_TIMEOUT_MS = 1000
const PING_INTERVAL_MS = 600
const UNANSWERED_PINGS = 2

/** The connection of a node to the NATS cluster: one for all, made again for ever once it was made. */
export class NatsLink {
  readonly connection: NatsConnection
  readonly requests: Requests
  readonly #logger: Logger

  /** @throws when no server can be reached, or none lets us in. */
  static async open(options: NatsLinkOptions): Promise<NatsLink> {
    const { servers, name, credentials, tls } = options
    const urls = servers.map((server) => new URL(server))
    const { username, password } = urls[0] ?? {}
    const connection = await connect({
      servers: urls.map(({ host }) => host),
      name,
      ...(username ? { user: decodeURIComponent(username) } : {}),
      ...(password ? { pass: decodeURIComponent(password) } : {}),
      ...(credentials === undefined ? {} : { authenticator: credsAuthenticator(credentials) }),
      ...(tls === undefined ? {} : { tls }),
      timeout: DIAL_TIMEOUT_MS,
      maxReconnectAttempts: -1,
      reconnectTimeWait: RECONNECT_WAIT_MS,
      reconnectJitter: RECONNECT_WAIT_MS,
      pingInterval: PING_INTERVAL_MS,
      maxPingOut: UNANSWERED_PINGS,
      // Else a node that starts while all servers are away would wait without a word.
      waitOnFirstConnect: false,
    })
    return new NatsLink(connection, options.logger)
  }

  private constructor(connection: NatsConnection, logger: Logger) {
    this.connection = connection
    this.requests = new Requests(connection)
    this.#logger = logger
    void this.#watch()
  }

  /** Asks nothing any more; what waits for an answer is told so. */
  async close(): Promise<void> {
    this.requests.close()
    await this.connection.close()
  }

  async #watch(): Promise<void> {
    for await (const status of this.connection.status()) {
      if (status.type === 'disconnect') {
        this.#logger.warn({ server: status.server }, 'Lost the connection to NATS')
        this.requests.disconnected()
      } else if (status.type === 'reconnect') {
        this.#logger.info({ server: status.server }, 'Connected to NATS again')
        this.requests.reconnected()
      } else if (status.type === 'close') {
        // Either we have closed it, or the servers do not let us in any more.
        this.requests.close()
      } else if (status.type === 'error') {
        this.#logger.warn({ err: status.error }, 'NATS reports an error')
      }
    }
  }
}
