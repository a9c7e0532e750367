import { onTestFinished } from 'vitest'
import type { BrokerParts } from '../../../src/broker.ts'
import { type Broker, type BrokerOptions, createBroker } from '../../../src/index.ts'
import { type ConnectOptions, RawConnection } from '../../support/raw-client.ts'
import type { RawChannel } from '../../support/raw-client-channel.ts'

/** So long that no test would end if the broker waited for it. */
const FOREVER_MS = 600_000

/** A broker for one test, and its clients; all of them go when the test ends. */
export class RunningBroker {
  readonly broker: Broker
  readonly #connections: RawConnection[] = []

  static async start(options: BrokerOptions & BrokerParts = {}): Promise<RunningBroker> {
    const broker = await createBroker({ port: 0, shutdownTimeoutMs: FOREVER_MS, ...options })
    const running = new RunningBroker(broker)
    onTestFinished(async () => {
      for (const { wire } of running.#connections) wire.destroy()
      await broker.close()
    })
    return running
  }

  private constructor(broker: Broker) {
    this.broker = broker
  }

  /** A socket; nothing is sent. */
  async dial(): Promise<RawConnection> {
    const connection = await RawConnection.dial({ host: '127.0.0.1', port: this.broker.port })
    this.#connections.push(connection)
    return connection
  }

  async connect(options: ConnectOptions = {}): Promise<RawConnection> {
    return (await this.dial()).open(options)
  }

  /** Channel 1 of a new connection. */
  async channel(options: ConnectOptions = {}): Promise<RawChannel> {
    return (await this.connect(options)).channel()
  }

  /** The broker has read all that any client had sent before. */
  async settled(): Promise<void> {
    await (await this.connect()).close()
  }
}
