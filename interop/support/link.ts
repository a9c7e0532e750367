// A network between client and broker that a test can break: a TCP relay on a port of its own.
// It makes outages of a broker that itself stays up, so that reconnecting clients can be tried
// against brokers that a test must not restart.

import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

interface Passage {
  readonly client: Socket
  readonly broker: Socket
  /** Nothing passes any more, not even that an end is gone. */
  frozen: boolean
}

export class Link {
  /** The broker's URL, by way of this link. */
  readonly url: string
  private readonly port: number
  private readonly target: URL
  private server: Server
  private readonly passages = new Set<Passage>()

  private constructor(target: URL, server: Server) {
    this.target = target
    this.server = server
    this.port = (server.address() as AddressInfo).port
    const url = new URL(target)
    url.hostname = '127.0.0.1'
    url.port = String(this.port)
    this.url = url.href
    this.accept(server)
  }

  /** A working link to the broker at `brokerUrl`. */
  static async to(brokerUrl: string): Promise<Link> {
    return new Link(new URL(brokerUrl), await listen(0))
  }

  /** The number of bytes that went each way over the connections there are. */
  traffic(): { toBroker: number; toClient: number } {
    const sum = { toBroker: 0, toClient: 0 }
    for (const { client, broker } of this.passages) {
      sum.toBroker += client.bytesRead
      sum.toClient += broker.bytesRead
    }
    return sum
  }

  /** Resets every connection; new ones are accepted at once. */
  reset(): void {
    for (const { client, broker } of this.passages) {
      client.resetAndDestroy()
      broker.resetAndDestroy()
    }
    this.passages.clear()
  }

  /** Resets every connection and refuses new ones until `mend`. */
  async cut(): Promise<void> {
    const closed = once(this.server, 'close')
    this.server.close()
    this.reset()
    await closed
  }

  /** Accepts connections again, on the same port. */
  async mend(): Promise<void> {
    this.server = await listen(this.port)
    this.accept(this.server)
  }

  /** Silence: the connections stay open and nothing passes any more, in either direction. */
  freeze(): void {
    for (const passage of this.passages) {
      passage.frozen = true
      for (const socket of [passage.client, passage.broker]) {
        socket.unpipe()
        socket.pause()
      }
    }
  }

  /** Ends the link for good. */
  async close(): Promise<void> {
    if (this.server.listening) await this.cut()
  }

  private accept(server: Server): void {
    server.on('connection', (client) => {
      const broker = connect(Number(this.target.port || 5672), this.target.hostname)
      const passage: Passage = { client, broker, frozen: false }
      this.passages.add(passage)
      this.relay(client, broker, passage)
      this.relay(broker, client, passage)
    })
  }

  private relay(from: Socket, to: Socket, passage: Passage): void {
    from.setNoDelay(true)
    from.pipe(to)
    // There is nobody to report a broken end to but the other end, and 'close' does that.
    from.on('error', () => {})
    from.on('close', () => {
      if (passage.frozen) return
      this.passages.delete(passage)
      to.destroy()
    })
  }
}

async function listen(port: number): Promise<Server> {
  const server = createServer()
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}
