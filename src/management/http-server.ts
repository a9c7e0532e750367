import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { Logger } from '../base/logger.ts'
import { certificateProblem, type TlsVerify } from '../server/client-certificate.ts'
import { Port } from '../server/port.ts'
import type { TlsIdentity } from '../server/tls-identity.ts'
import { handshakeProblem } from '../server/tls-problem.ts'
import { UnreadAnswers } from './unread-answers.ts'

/** Must not reject. */
export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

export interface HttpServerOptions {
  readonly host: string
  /** 0 for any free one. */
  readonly port: number
  /** What the user names the port with. */
  readonly flag: string
  /** With it, the server speaks TLS. */
  readonly tls: HttpTls | undefined
  readonly logger: Logger
  readonly handle: HttpHandler
  /** Time that a client has to send a whole request; headers have a third of it. */
  readonly requestTimeoutMs?: number
}

export interface HttpTls {
  readonly identity: TlsIdentity
  readonly verify: TlsVerify
  readonly handshakeTimeoutMs: number
}

/** Who is slow, or many, is not to take what others need. */
const REQUEST_TIMEOUT_MS = 60_000
const MAX_CONNECTIONS = 1000

const limits = (requestTimeout: number): ServerOptions => ({
  requestTimeout,
  headersTimeout: requestTimeout / 3,
  connectionsCheckingInterval: requestTimeout / 12,
  keepAliveTimeout: 30_000,
})

/** An HTTP server on an address of its own. */
export class HttpServer {
  readonly #server: Server | TlsServer
  readonly #port: Port
  readonly unread: UnreadAnswers

  /** Rejects when the address cannot be listened on. */
  static async open(given: HttpServerOptions): Promise<HttpServer> {
    const { handle, tls, requestTimeoutMs = REQUEST_TIMEOUT_MS, ...options } = given
    const allowed = limits(requestTimeoutMs)
    const unread = new UnreadAnswers(requestTimeoutMs)
    const listener = (request: IncomingMessage, response: ServerResponse): void => {
      if (unread.admit(response)) void handle(request, response)
    }
    const server =
      tls === undefined
        ? createServer(allowed, listener)
        : secured(tls, allowed, options.logger).on('request', listener)
    server.maxConnections = MAX_CONNECTIONS
    return new HttpServer(server, await Port.open(server, options), unread)
  }

  private constructor(server: Server | TlsServer, port: Port, unread: UnreadAnswers) {
    this.unread = unread
    this.#server = server
    this.#port = port
  }

  get address(): AddressInfo {
    return this.#port.address
  }

  /** Ends what is under way, too. */
  async close(): Promise<void> {
    const closed = this.#port.close()
    this.#server.closeAllConnections()
    await closed
  }
}

/** Refuses whom the other servers with that identity refuse, and logs it as they do. */
function secured(
  { identity, verify, handshakeTimeoutMs }: HttpTls,
  allowed: ServerOptions,
  logger: Logger,
): TlsServer {
  const server = createTlsServer({
    ...allowed,
    ...identity.context,
    requestCert: verify !== 'none',
    rejectUnauthorized: false,
    handshakeTimeout: handshakeTimeoutMs,
  })
  identity.serve(server)
  const refuse = (socket: Socket, reason: string): void => {
    const peer = `${socket.remoteAddress}:${socket.remotePort}`
    logger.warn({ peer, reason }, 'Refused a TLS connection')
    socket.destroy()
  }
  // Before the one that reads requests, which then finds the socket destroyed.
  server.prependListener('secureConnection', (socket: TLSSocket) => {
    const reason = certificateProblem(socket, verify)
    if (reason !== undefined) refuse(socket, reason)
  })
  server.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
    const reason = handshakeProblem(error)
    if (reason === undefined) socket.destroy()
    else refuse(socket, reason)
  })
  return server
}
