import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { Logger } from '../base/logger.ts'
import { ConfigError } from '../config/config-error.ts'
import { Connection, type ConnectionEvents } from '../connection/connection.ts'
import type { ConnectionSettings } from '../connection/connection-settings.ts'
import type { Session } from '../connection/handshake.ts'
import type { Shortage } from '../connection/shortage.ts'
import type { TlsSession } from '../connection/tls-session.ts'
import type { AmqpError } from '../errors.ts'
import { Port } from './port.ts'
import type { TlsIdentity } from './tls-identity.ts'
import {
  createTlsServer,
  type TlsClients,
  type TlsHandshake,
  type TlsServerOptions,
} from './tls-server.ts'

export interface ListenerOptions extends Omit<TlsServerOptions, 'identity'> {
  readonly host: string
  /** Of AMQP, and of AMQP over TLS; 0 for any free one. Without the first, there is TLS only. */
  readonly port: number | 'none'
  readonly tlsPort: number
  /** Most connections at a time; 0 is no limit. */
  readonly maxConnections: number
  /** Most connections at a time that have not finished the handshake; 0 is no limit. */
  readonly maxPendingConnections: number
  readonly logger: Logger
  readonly settings: ConnectionSettings
}

/** Accepts connections, over TLS or not, and knows all that are open. */
export class Listener implements ConnectionEvents, TlsClients {
  readonly #options: ListenerOptions
  #port: Port | undefined
  #tlsPort: Port | undefined
  readonly #pending = new Set<Connection | TlsHandshake>()
  readonly #open = new Set<Connection>()
  /** They only wait to be dropped. */
  readonly #refused = new Set<Connection>()
  #shortage: Shortage | null = null
  #storeBehind = false
  #whenEmpty: (() => void) | undefined

  constructor(options: ListenerOptions) {
    this.#options = options
  }

  /** Connections whose handshake is done. */
  get connections(): ReadonlySet<Connection> {
    return this.#open
  }

  get #count(): number {
    return this.#open.size + this.#pending.size + this.#refused.size
  }

  get #all(): readonly (Connection | TlsHandshake)[] {
    return [...this.#open, ...this.#pending, ...this.#refused]
  }

  /** Where it listens, or did; undefined when it does not. */
  get address(): AddressInfo | undefined {
    return this.#port?.address
  }

  /** The same for TLS. */
  get tlsAddress(): AddressInfo | undefined {
    return this.#tlsPort?.address
  }

  /** Rejects when an address cannot be listened on. Without an identity there is no TLS. */
  async listen(identity?: TlsIdentity): Promise<void> {
    const options = this.#options
    const { port, tlsPort } = options
    if (port === 'none' && identity === undefined) {
      throw new ConfigError('port is none: without a certificate for TLS, nobody could connect')
    }
    if (port !== 'none') {
      const server = createServer((socket) => this.#accept(socket))
      this.#port = await Port.open(server, { ...options, port, flag: 'port' })
    }
    if (identity === undefined) return
    const server = createTlsServer({ ...options, identity }, this)
    this.#tlsPort = await Port.open(server, { ...options, port: tlsPort, flag: 'tls-port' })
  }

  setShortage(shortage: Shortage | null): void {
    this.#shortage = shortage
    for (const connection of this.#open) connection.setShortage(shortage)
  }

  /** Whether publishers must wait for the store; clients are not told, since it lasts milliseconds. */
  setStoreBehind(behind: boolean): void {
    this.#storeBehind = behind
    for (const connection of this.#open) connection.setStoreBehind(behind)
  }

  /** Ends those connections whose session is meant, and tells the clients why. */
  closeSessions(isMeant: (session: Session) => boolean, reason: AmqpError): void {
    for (const connection of this.#open) {
      if (connection.session !== undefined && isMeant(connection.session)) {
        connection.shutDown(reason)
      }
    }
  }

  /** Accepts no more, tells all clients, and waits for them; those that take too long are dropped. */
  async close(timeoutMs: number): Promise<void> {
    const closed = Promise.all([this.#port?.close(), this.#tlsPort?.close()])
    for (const connection of this.#all) connection.shutDown()
    await this.#empty(timeoutMs)
    for (const connection of this.#all) connection.destroy()
    await closed
  }

  async #empty(timeoutMs: number): Promise<void> {
    if (this.#count === 0) return
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>((resolve) => {
      this.#whenEmpty = resolve
      timer = setTimeout(resolve, timeoutMs)
    })
    clearTimeout(timer)
  }

  #accept(socket: Socket): void {
    if (this.#isRoomFor(socket)) {
      this.#await(new Connection(socket, this.#options.settings, this))
    }
  }

  handshakeBegan(handshake: TlsHandshake): void {
    if (this.#isRoomFor(handshake)) this.#await(handshake)
  }

  handshakeEnded(handshake: TlsHandshake): void {
    this.#pending.delete(handshake)
    this.#lookWhetherEmpty()
  }

  secured(socket: Socket, session: TlsSession): void {
    this.#await(new Connection(socket, this.#options.settings, this, session))
  }

  /** Whether one more may come; the client has to go otherwise. */
  #isRoomFor(client: Socket | TlsHandshake): boolean {
    const { maxConnections, logger } = this.#options
    const count = this.#open.size + this.#pending.size
    if (maxConnections === 0 || count < maxConnections) return true
    logger.warn({ count }, 'Too many connections, refusing another')
    client.destroy()
    return false
  }

  #await(client: Connection | TlsHandshake): void {
    const { maxPendingConnections, logger } = this.#options
    this.#pending.add(client)
    if (maxPendingConnections === 0 || this.#pending.size <= maxPendingConnections) return
    // Not the newest, or a thousand silent sockets would keep everybody out.
    const [oldest] = this.#pending
    logger.warn({ pending: this.#pending.size }, 'Too many handshakes at a time, ending the oldest')
    oldest?.destroy()
  }

  opened(connection: Connection): void {
    this.#pending.delete(connection)
    this.#open.add(connection)
    connection.setShortage(this.#shortage)
    connection.setStoreBehind(this.#storeBehind)
  }

  refused(connection: Connection): void {
    this.#pending.delete(connection)
    this.#refused.add(connection)
  }

  closed(connection: Connection): void {
    this.#pending.delete(connection)
    this.#refused.delete(connection)
    this.#open.delete(connection)
    this.#lookWhetherEmpty()
  }

  #lookWhetherEmpty(): void {
    if (this.#count === 0) this.#whenEmpty?.()
  }
}
