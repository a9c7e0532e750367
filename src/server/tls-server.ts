import type { Socket } from 'node:net'
import { createServer, type Server, type TLSSocket } from 'node:tls'
import { certificateName, type LoginFrom } from '../auth/certificate-name.ts'
import type { Logger } from '../base/logger.ts'
import type { TlsSession } from '../connection/tls-session.ts'
import { certificateProblem, type TlsVerify } from './client-certificate.ts'
import type { TlsIdentity } from './tls-identity.ts'
import { handshakeProblem } from './tls-problem.ts'

export interface TlsServerOptions {
  readonly identity: TlsIdentity
  readonly tlsVerify: TlsVerify
  readonly tlsLoginFrom: LoginFrom
  readonly handshakeTimeoutMs: number
  readonly logger: Logger
}

/** Who keeps the clients that come over TLS. */
export interface TlsClients {
  /** A client is there, and no more is known of it. */
  handshakeBegan(handshake: TlsHandshake): void
  /** The handshake is over, in whatever way. */
  handshakeEnded(handshake: TlsHandshake): void
  /** What is said from now on is safe. */
  secured(socket: TLSSocket, session: TlsSession): void
}

/** A client that has not finished the handshake of TLS. */
export class TlsHandshake {
  readonly #socket: Socket

  constructor(socket: Socket) {
    this.#socket = socket
  }

  shutDown(): void {
    this.destroy()
  }

  destroy(): void {
    this.#socket.destroy()
  }
}

/** A server that speaks TLS, logs whom it refuses and why, and hands on who has come through. */
export function createTlsServer(options: TlsServerOptions, clients: TlsClients): Server {
  const { identity, tlsVerify, tlsLoginFrom, handshakeTimeoutMs, logger } = options
  const server = createServer({
    ...identity.context,
    requestCert: tlsVerify !== 'none',
    // Node.js would drop who has no good certificate without saying so: see `certificateProblem`.
    rejectUnauthorized: false,
    handshakeTimeout: handshakeTimeoutMs,
  })
  identity.serve(server)
  // Node.js does not tell which socket a TLS socket was made from; the peer's address does.
  const handshakes = new Map<string, TlsHandshake>()
  server.on('connection', (socket: Socket) => {
    const peer = peerOf(socket)
    const handshake = new TlsHandshake(socket)
    handshakes.set(peer, handshake)
    socket.once('close', () => {
      if (handshakes.get(peer) === handshake) handshakes.delete(peer)
      clients.handshakeEnded(handshake)
    })
    clients.handshakeBegan(handshake)
  })
  server.on('secureConnection', (socket) => {
    const peer = peerOf(socket)
    const handshake = handshakes.get(peer)
    if (handshake !== undefined) {
      handshakes.delete(peer)
      clients.handshakeEnded(handshake)
    }
    const certificate = socket.getPeerX509Certificate()
    const reason = certificateProblem(socket, tlsVerify)
    if (reason !== undefined) {
      logger.warn({ peer, reason }, 'Refused a TLS connection')
      socket.on('error', () => {})
      socket.destroy()
      return
    }
    clients.secured(socket, {
      protocol: socket.getProtocol() ?? '',
      cipher: socket.getCipher().standardName,
      certificate,
      username: certificate === undefined ? undefined : certificateName(certificate, tlsLoginFrom),
    })
  })
  server.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
    const reason = handshakeProblem(error)
    if (reason === undefined) logger.debug({}, 'A client left amid the handshake of TLS')
    else logger.warn({ peer: peerOf(socket), reason }, 'Refused a TLS connection')
    // Who is only slow would stay.
    socket.destroy()
  })
  return server
}

const peerOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress}:${remotePort}`
