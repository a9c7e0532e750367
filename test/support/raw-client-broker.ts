// The broker that a test talks to: the one that CONFORMANCE_URL names, a cluster, or a Leveret in this process.
// Of several URLs, with commas between them, that are nodes of one cluster, each connection takes the next.
// RabbitMQ is the judge: what these tests expect was seen on RabbitMQ 3.10 first.

import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type CONNECTION_START,
  EXCHANGE_DELETE,
  fieldTableToObject,
  QUEUE_DELETE,
} from 'amqp-codec'
import { test as base } from 'vitest'
import { clusterUrls } from './cluster-urls.ts'
import { type ConnectOptions, RawConnection } from './raw-client.ts'
import type { RawChannel } from './raw-client-channel.ts'
import type { MethodOf } from './raw-client-method.ts'
import type { Address } from './raw-client-wire.ts'

/** A value for each broker where Leveret differs on purpose; docs/differences.md says why. */
interface PerBroker<Value> {
  readonly rabbitmq: Value
  readonly leveret: Value
}

interface Target {
  readonly addresses: readonly Address[]
  readonly isRabbit: boolean
  stop(): Promise<void>
}

/** One test's view of the broker: its connections, and names that nobody else uses. */
export class BrokerUnderTest {
  readonly address: Address
  readonly isRabbit: boolean
  readonly #addresses: readonly Address[]
  #dialled = 0
  readonly #connections: RawConnection[] = []
  readonly #queues: string[] = []
  readonly #exchanges: string[] = []

  constructor({ addresses, isRabbit }: Target) {
    this.#addresses = addresses
    this.address = addresses[0] as Address
    this.isRabbit = isRabbit
  }

  expected<Value>(value: PerBroker<Value>): Value {
    return this.isRabbit ? value.rabbitmq : value.leveret
  }

  /** A socket; nothing is sent. */
  async dial(): Promise<RawConnection> {
    const address = this.#addresses[this.#dialled++ % this.#addresses.length] as Address
    const connection = await RawConnection.dial(address)
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

  /** A name for a queue that does not exist; it is deleted after the test if it does then. */
  queueName(): string {
    return track(this.#queues, 'queue')
  }

  exchangeName(): string {
    return track(this.#exchanges, 'exchange')
  }

  async cleanUp(): Promise<void> {
    for (const connection of this.#connections) connection.wire.destroy()
    if (this.#queues.length + this.#exchanges.length === 0) return
    const connection = await (await RawConnection.dial(this.address)).open()
    const remove = async (number: number, send: (channel: RawChannel) => RawChannel) => {
      // A queue may still be locked by a connection that is on its way out, and takes the queue
      // along; that refusal closes no other channel than this one.
      await connection.wire.next(send(await connection.channel(number)).number)
    }
    let number = 0
    for (const queue of this.#queues)
      await remove(++number, (it) => it.send(QUEUE_DELETE, { queue }))
    for (const exchange of this.#exchanges) {
      await remove(++number, (it) => it.send(EXCHANGE_DELETE, { exchange }))
    }
    await connection.close()
  }
}

function track(names: string[], kind: string): string {
  const name = `test.${kind}.${randomBytes(6).toString('hex')}`
  names.push(name)
  return name
}

async function selectTarget(): Promise<Target> {
  const urls = (await clusterUrls()) ?? process.env['CONFORMANCE_URL']?.split(',')
  return urls === undefined ? startLeveret() : runningTarget(urls)
}

/** In memory; or on a store, in the project that says so. */
async function startLeveret(): Promise<Target> {
  const { createBroker } = await import('../../src/index.ts')
  const isStored = process.env['CONFORMANCE_STORED'] !== undefined
  const dataDir = isStored ? mkdtempSync(join(tmpdir(), 'leveret-conformance-')) : 'none'
  const broker = await createBroker({ port: 0, dataDir })
  const stop = async (): Promise<void> => {
    await broker.close()
    if (isStored) rmSync(dataDir, { recursive: true })
  }
  return { addresses: [addressOf(broker.url)], isRabbit: false, stop }
}

async function runningTarget(urls: readonly string[]): Promise<Target> {
  const addresses = urls.map(addressOf)
  const connection = await RawConnection.dial(addresses[0] as Address)
  const isRabbit = platformOf(await connection.start()).startsWith('Erlang')
  connection.wire.destroy()
  return { addresses, isRabbit, stop: async () => {} }
}

function addressOf(url: string): Address {
  const { hostname, port } = new URL(url)
  return { host: hostname, port: Number(port) }
}

/** The product is what clients have to believe; this is not. */
function platformOf(start: MethodOf<typeof CONNECTION_START>): string {
  const { platform } = fieldTableToObject(start.serverProperties)
  return typeof platform === 'string' ? platform : ''
}

/** vitest's `test`, whose tests are given a `broker`. One broker serves all tests of a file. */
export const test = base.extend<{ target: Target; broker: BrokerUnderTest }>({
  target: [
    // biome-ignore lint/correctness/noEmptyPattern: vitest finds out what a fixture needs from this.
    async ({}, use) => {
      const target = await selectTarget()
      await use(target)
      await target.stop()
    },
    { scope: 'file' },
  ],
  broker: async ({ target }, use) => {
    const broker = new BrokerUnderTest(target)
    await use(broker)
    await broker.cleanUp()
  },
})
