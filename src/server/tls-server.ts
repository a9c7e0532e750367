import type { X509Certificate } from 'node:crypto'
import type { Socket } from 'node:net'
import { createServer, type Server, type TLSSocket } from 'node:tls'
import { certificateName, type LoginFrom } from '../auth/certificate-name.ts'
import type { Logger } from '../base/logger.ts'
import type { TlsSession } from '../connection/tls-session.ts'
import type { TlsIdentity } from './tls-identity.ts'

export interface TlsServerOptions {
  readonly identity: TlsIdentity
  readonly tlsVerify: 'none' | 'peer' | 'required'
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
    // Node.js would drop who has no good certificate without saying so: see `problemOf`.
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
    const reason = problemOf(socket, certificate, tlsVerify)
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

function problemOf(
  { authorized, authorizationError }: TLSSocket,
  certificate: X509Certificate | undefined,
  verify: TlsServerOptions['tlsVerify'],
): string | undefined {
  if (certificate === undefined) {
    return verify === 'required' ? 'The client has no certificate' : undefined
  }
  return authorized ? undefined : `The client's certificate is not good: ${authorizationError}`
}

/** What the codes of OpenSSL come to, for who reads the log. */
const PROBLEMS: readonly (readonly [code: RegExp, problem: string])[] = [
  [/_HTTP_REQUEST$/, 'The client does not speak TLS: it sent an HTTP request'],
  [
    /_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|RECORD_LAYER_FAILURE)$/,
    'The client does not speak TLS: it may have taken this port for that of plain AMQP',
  ],
  [
    /_(UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW|PROTOCOL_VERSION)$/,
    'The client speaks older versions of TLS only',
  ],
  [/_NO_SHARED_CIPHER$/, 'The client knows no cipher that the broker accepts'],
  [
    /ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_(UNKNOWN|EXPIRED|REVOKED)|UNSUPPORTED_CERTIFICATE)$/,
    "The client does not accept the broker's certificate",
  ],
  [/^ERR_TLS_HANDSHAKE_TIMEOUT$/, 'The client did not finish the handshake in time'],
]

/** Undefined when the client has just gone. */
function handshakeProblem({ code = '', message }: NodeJS.ErrnoException): string | undefined {
  if (code === 'ECONNRESET' || code === 'EPIPE') return undefined
  const known = PROBLEMS.find(([pattern]) => pattern.test(code))?.[1]
  return known === undefined ? message : `${known} (${code})`
}
