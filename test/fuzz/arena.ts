// A broker under attack, with a witness on it: a well-behaved connection whose messages must go on
// arriving, whole and in order, whatever others do.

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import {
  CHANNEL_CLOSE,
  CHANNEL_CLOSE_OK,
  CHANNEL_OPEN,
  CHANNEL_OPEN_OK,
  CONNECTION_CLOSE,
  CONNECTION_CLOSE_OK,
  CONNECTION_UPDATE_SECRET,
  CONNECTION_UPDATE_SECRET_OK,
  EXCHANGE_DECLARE,
  QUEUE_BIND,
  QUEUE_DECLARE,
} from 'amqp-codec'
import { expect, vi } from 'vitest'
import {
  type Broker,
  type BrokerOptions,
  type BrokerParts,
  createBroker,
  type Logger,
} from '../../src/index.ts'
import { RawConnection } from '../support/raw-client.ts'
import { RawChannel } from '../support/raw-client-channel.ts'
import { infoOf } from '../support/raw-client-method.ts'
import type { Address } from '../support/raw-client-wire.ts'

/** Every run tries something else, unless FUZZ_SEED says what; the seed stands in the tests' names. */
export const seed: number = Number(process.env['FUZZ_SEED'] ?? Math.trunc(Math.random() * 2 ** 31))

/** For fast-check: this seed, and so many runs, or FUZZ_EFFORT times as many. */
export function runs(count: number): { seed: number; numRuns: number } {
  return { seed, numRuns: count * Number(process.env['FUZZ_EFFORT'] ?? 1) }
}

/** Names that all hostile clients use. */
export const SHARED_QUEUES = ['fuzz.a', 'fuzz.b', 'fuzz.c'] as const
export const SHARED_EXCHANGES = [
  ['fuzz.one', 'fanout'],
  ['fuzz.two', 'topic'],
] as const

/** All that is needed to open an arena. */
interface Cast {
  readonly broker: Broker
  readonly address: Address
  readonly faults: unknown[]
  readonly publisher: RawChannel
  readonly consumer: RawChannel
  readonly queue: string
}

export class Arena {
  readonly broker: Broker
  readonly #address: Address
  readonly #clients: RawConnection[] = []
  /** What the broker itself did wrong, by its own account. */
  readonly #faults: unknown[]
  readonly #publisher: RawChannel
  readonly #consumer: RawChannel
  readonly #queue: string
  #published = 0

  static async open(options: BrokerOptions & BrokerParts = {}): Promise<Arena> {
    const faults: unknown[] = []
    const logger: Logger = {
      debug() {},
      info() {},
      warn() {},
      error: ({ err }) => faults.push(err),
      child: () => logger,
    }
    const broker = await createBroker({ port: 0, dataDir: 'none', logger, ...options })
    const address = { host: '127.0.0.1', port: broker.port }
    const witness = await (await RawConnection.dial(address)).open()
    const [publisher, consumer] = [await witness.channel(1), await witness.channel(2)]
    const queue = await consumer.declareQueue()
    await consumer.consume(queue, { noAck: true })
    await publisher.confirmSelect()
    return new Arena({ broker, address, faults, publisher, consumer, queue })
  }

  private constructor({ broker, address, faults, publisher, consumer, queue }: Cast) {
    this.broker = broker
    this.#address = address
    this.#faults = faults
    this.#publisher = publisher
    this.#consumer = consumer
    this.#queue = queue
  }

  /** A socket; nothing is sent. */
  async dial(): Promise<RawConnection> {
    const connection = await RawConnection.dial(this.#address)
    this.#clients.push(connection)
    return connection
  }

  /** Ends and forgets what a test left behind, so that the next one does not fail for it. */
  reset(): void {
    for (const { wire } of this.#clients.splice(0)) wire.destroy()
    this.#faults.length = 0
  }

  /** A connection with channels 1 and 2 open, and queues and exchanges for others to meet. */
  async enter(): Promise<RawConnection> {
    const connection = await (await this.dial()).open()
    const channel = await connection.channel(1)
    for (const queue of SHARED_QUEUES) channel.send(QUEUE_DECLARE, { queue, nowait: true })
    for (const [exchange, type] of SHARED_EXCHANGES) {
      channel.send(EXCHANGE_DECLARE, { exchange, type, nowait: true })
      channel.send(QUEUE_BIND, { queue: SHARED_QUEUES[0], exchange, routingKey: '#', nowait: true })
    }
    // An earlier client may have left one of them behind with other properties.
    await connection.channel(2)
    if (channel.wire.takeAll().length > 0) await recover(channel)
    return connection
  }

  /** The witness's messages arrive, and its connection is the only one that is left. */
  async expectPeace(): Promise<void> {
    await this.expectOthers()
    await vi.waitFor(() => expect(this.broker.connectionCount).toBe(1), {
      interval: 1,
      timeout: 30_000,
    })
  }

  /** The witness's messages arrive, and nothing went wrong within the broker. */
  async expectOthers(): Promise<void> {
    expect(this.#faults).toEqual([])
    const bodies = Array.from({ length: 5 }, (_, index) => `message ${this.#published + index}`)
    this.#published += bodies.length
    this.#publisher.publishAll(this.#queue, bodies)
    expect(await this.#consumer.bodies(bodies.length)).toEqual(bodies)
    await this.#publisher.confirmed(this.#published, bodies.length)
  }

  async close(): Promise<void> {
    this.#publisher.wire.destroy()
    await this.broker.close()
  }
}

/** Asks for the end of the connection, and waits for it or for a close that was on its way. */
export async function expectAnswer({ control, wire }: RawConnection): Promise<void> {
  control.send(CONNECTION_CLOSE, { replyCode: 200 })
  try {
    let answer: number
    do answer = (await wire.next(0)).method.id
    while (answer !== CONNECTION_CLOSE && answer !== CONNECTION_CLOSE_OK)
  } catch (error) {
    // The broker may hang up on what it cannot bear, and a reset takes its last words along.
    if (!wire.isClosed) throw error
  }
}

/**
 * Sends frames one by one as a client would that makes mistakes and recovers from them: it opens
 * channels that the broker closed. Gives the names of the methods that the broker sent.
 */
export async function converse(
  { control, wire }: RawConnection,
  frames: Buffer[],
): Promise<string[]> {
  const heard: string[] = []
  for (const frame of frames) {
    wire.write(frame)
    control.send(CONNECTION_UPDATE_SECRET)
    if ((await wire.next(0)).method.id !== CONNECTION_UPDATE_SECRET_OK) break
    for (const { channel, method } of wire.takeAll()) {
      heard.push(infoOf(method.id).name)
      if (method.id !== CHANNEL_CLOSE) continue
      await recover(new RawChannel(wire, channel))
    }
  }
  return heard
}

/** Opens a channel again that the broker has closed. */
async function recover(channel: RawChannel): Promise<void> {
  await channel.send(CHANNEL_CLOSE_OK).send(CHANNEL_OPEN).expect(CHANNEL_OPEN_OK)
}

/** The bytes that live on the heap and outside of it, once all garbage is gone. */
export async function memoryInUse(): Promise<number> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  // What a finaliser lets go of is garbage for the next collection only.
  for (let n = 0; n < 5; n++) {
    collect()
    await new Promise((resolve) => setImmediate(resolve))
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
