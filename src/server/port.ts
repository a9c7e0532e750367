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
  readonly #options: PortOptions
  #address: AddressInfo | undefined

  constructor(server: Server, options: PortOptions) {
    this.#server = server
    this.#options = options
  }

  /** Where it listens, or did. */
  get address(): AddressInfo {
    if (this.#address === undefined) throw new Error('the port was never listened on')
    return this.#address
  }

  /** Rejects when the address cannot be listened on; the error has the flag. */
  listen(): Promise<void> {
    const { host, port, flag, logger } = this.#options
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => reject(Object.assign(error, { flag }))
      this.#server.once('error', fail)
      this.#server.listen({ host, port, backlog: BACKLOG }, () => {
        this.#server.off('error', fail)
        this.#address = this.#server.address() as AddressInfo
        this.#server.on('error', (err) => logger.error({ err }, 'Listener error'))
        resolve()
      })
    })
  }

  /** Accepts no more, and resolves when all who were accepted are gone. */
  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }
}
