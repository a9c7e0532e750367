import type { Socket } from 'node:net'

/** The two ends of a connection, and how much has passed between them. */
export class Link {
  readonly #socket: Socket
  /** When it was accepted, in milliseconds since 1970. */
  readonly openedAtMs: number
  #ends: Ends | undefined

  constructor(socket: Socket, openedAtMs: number) {
    this.#socket = socket
    this.openedAtMs = openedAtMs
  }

  /** Its addresses, for as long as it is open; and after that, if they were asked for before. */
  get ends(): Ends {
    if (this.#ends !== undefined) return this.#ends
    const { localAddress, localPort = 0, remoteAddress = '', remotePort = 0 } = this.#socket
    const ends = {
      host: localAddress ?? '',
      port: localPort,
      peerHost: remoteAddress,
      peerPort: remotePort,
    }
    if (localAddress !== undefined) this.#ends = ends
    return ends
  }

  /** What RabbitMQ calls the connection: `127.0.0.1:40000 -> 127.0.0.1:5672`. */
  get name(): string {
    const { host, port, peerHost, peerPort } = this.ends
    return `${peerHost}:${peerPort} -> ${host}:${port}`
  }

  /** Octets that came. */
  get receivedBytes(): number {
    return this.#socket.bytesRead
  }

  /** Octets that went. */
  get sentBytes(): number {
    return this.#socket.bytesWritten
  }
}

export interface Ends {
  readonly host: string
  readonly port: number
  readonly peerHost: string
  readonly peerPort: number
}
