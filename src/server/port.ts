import type { AddressInfo, Server } from 'node:net'
import type { Logger } from '../base/logger.ts'

export interface PortOptions {
  readonly host: string
  /** 0 for any free one. */
  readonly port: number
  /** What the user names the port with, for whoever reports that it cannot be listened on. */
  readonly flag: string
  readonly logger: Logger
}

/** Clients of a broker that was restarted all come at once. */
const BACKLOG = 1024

/** One port on which clients come, whatever they have to speak there. */
export class Port {
  readonly #server: Server
  /** Where it listens, or did. */
  readonly address: AddressInfo

  /** Rejects when the address cannot be listened on; the error has the flag. */
  static open(server: Server, { host, port, flag, logger }: PortOptions): Promise<Port> {
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => reject(Object.assign(error, { flag }))
      server.once('error', fail)
      server.listen({ host, port, backlog: BACKLOG }, () => {
        server.off('error', fail)
        server.on('error', (err) => logger.error({ err }, 'Listener error'))
        resolve(new Port(server, server.address() as AddressInfo))
      })
    })
  }

  private constructor(server: Server, address: AddressInfo) {
    this.#server = server
    this.address = address
  }

  /** Accepts no more, and resolves when all who were accepted are gone. */
  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }
}
