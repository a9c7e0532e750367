import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { Logger } from '../base/logger.ts'
import { Connection, type ConnectionEvents } from '../connection/connection.ts'
import type { ConnectionSettings } from '../connection/connection-settings.ts'
import type { Session } from '../connection/handshake.ts'
import type { Shortage } from '../connection/shortage.ts'
import type { AmqpError } from '../errors.ts'

export interface ListenerOptions {
  readonly host: string
  /** 0 for any free one. */
  readonly port: number
  /** Most connections at a time; 0 is no limit. */
  readonly maxConnections: number
  /** Most connections at a time that have not finished the handshake; 0 is no limit. */
  readonly maxPendingConnections: number
  readonly logger: Logger
  readonly settings: ConnectionSettings
}

/** Accepts TCP connections, and knows all that are open. */
export class Listener implements ConnectionEvents {
  readonly #options: ListenerOptions
  readonly #server: Server
  readonly #pending = new Set<Connection>()
  readonly #open = new Set<Connection>()
  /** They only wait to be dropped. */
  readonly #refused = new Set<Connection>()
  #address: AddressInfo | undefined
  #shortage: Shortage | null = null
  #storeBehind = false
  #whenEmpty: (() => void) | undefined

  constructor(options: ListenerOptions) {
    this.#options = options
    this.#server = createServer((socket) => this.#accept(socket))
  }

  /** Connections whose handshake is done. */
  get connections(): ReadonlySet<Connection> {
    return this.#open
  }

  get #count(): number {
    return this.#open.size + this.#pending.size + this.#refused.size
  }

  get #all(): readonly Connection[] {
    return [...this.#open, ...this.#pending, ...this.#refused]
  }

  /** Where it listens, or did. */
  get address(): AddressInfo {
    if (this.#address === undefined) throw new Error('the listener was never started')
    return this.#address
  }

  /** Rejects when the address cannot be listened on. */
  listen(): Promise<void> {
    const { host, port } = this.#options
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen({ host, port, backlog: BACKLOG }, () => {
        this.#server.off('error', reject)
        this.#address = this.#server.address() as AddressInfo
        this.#server.on('error', (err) => this.#options.logger.error({ err }, 'Listener error'))
        resolve()
      })
    })
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
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
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
    const { maxConnections, maxPendingConnections, logger } = this.#options
    const count = this.#open.size + this.#pending.size
    if (maxConnections > 0 && count >= maxConnections) {
      logger.warn({ count }, 'Too many connections, refusing another')
      socket.destroy()
      return
    }
    this.#pending.add(new Connection(socket, this.#options.settings, this))
    if (maxPendingConnections > 0 && this.#pending.size > maxPendingConnections) {
      // Not the newest, or a thousand silent sockets would keep everybody out.
      const [oldest] = this.#pending
      logger.warn(
        { pending: this.#pending.size },
        'Too many handshakes at a time, ending the oldest',
      )
      oldest?.destroy()
    }
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
    if (this.#count === 0) this.#whenEmpty?.()
  }
}

/** Clients of a broker that was restarted all come at once. */
const BACKLOG = 1024
