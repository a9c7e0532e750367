// Delayed messages, of a broker that is killed while they come and go: each that was confirmed gets to
// both queues of its exchange, once.

import {
  BASIC_ACK,
  EXCHANGE_DECLARE,
  EXCHANGE_DECLARE_OK,
  type FieldTable,
  fieldTableFromObject,
  QUEUE_DECLARE,
  QUEUE_DECLARE_OK,
} from 'amqp-codec'
import { describe, expect, it } from 'vitest'
import { RawConnection } from '../support/raw-client.ts'
import type { RawChannel } from '../support/raw-client-channel.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { allBrokers, type Choice } from './broker/brokers.ts'
import type { RunningBroker } from './broker/crash-broker.ts'
import { rounds, seed } from './effort.ts'
import { Random } from './traffic/random.ts'

const EXCHANGE = 'delayed'
const QUEUES = ['one', 'other']
const MOST_DELAY_MS = 400
/** So many publishes may be unconfirmed. */
const WINDOW = 200
const MARK = 'the last one'

async function open({ port }: RunningBroker): Promise<RawChannel> {
  const connection = await RawConnection.dial({ host: '127.0.0.1', port })
  return (await connection.open()).channel()
}

async function declare(channel: RawChannel): Promise<void> {
  const declareArguments = fieldTableFromObject({ 'x-delayed-type': 'fanout' })
  const fields = { exchange: EXCHANGE, type: 'x-delayed-message', durable: true }
  channel.send(EXCHANGE_DECLARE, { ...fields, arguments: declareArguments })
  await channel.expect(EXCHANGE_DECLARE_OK)
  for (const queue of QUEUES) {
    await channel.send(QUEUE_DECLARE, { queue, durable: true }).expect(QUEUE_DECLARE_OK)
    await channel.bind({ exchange: EXCHANGE, queue })
  }
}

function publish(channel: RawChannel, delayMs: number, body: string): void {
  const headers: FieldTable = new Map([['x-delay', { type: 'I', value: delayMs }]])
  channel.publish({ exchange: EXCHANGE, properties: { deliveryMode: 2, headers }, body })
}

/** What was published, and what the broker has said of it. */
class Ledger {
  readonly published = new Set<string>()
  readonly confirmed = new Set<string>()

  next(padding: number): string {
    const body = `${this.published.size} ${'x'.repeat(padding)}`
    this.published.add(body)
    return body
  }
}

/** Publishes until so many are confirmed. */
async function work(channel: RawChannel, ledger: Ledger, random: Random, count: number) {
  await channel.confirmSelect()
  const bodies: string[] = []
  let firstOpen = 1
  const confirmedTags = new Set<number>()
  const isOpen = () => bodies.length - confirmedTags.size
  while (confirmedTags.size < count) {
    while (isOpen() < WINDOW) {
      const body = ledger.next(random.magnitude(1, 3000))
      bodies.push(body)
      publish(channel, random.between(1, MOST_DELAY_MS), body)
    }
    const { deliveryTag, multiple } = await channel.expect(BASIC_ACK)
    for (let tag = multiple ? firstOpen : deliveryTag; tag <= deliveryTag; tag++) {
      confirmedTags.add(tag)
      ledger.confirmed.add(bodies[tag - 1] as string)
    }
    while (confirmedTags.has(firstOpen)) firstOpen++
  }
}

/** All that comes to a queue, up to what was published last. */
async function contents(broker: RunningBroker, queue: string): Promise<string[]> {
  const channel = await open(broker)
  await channel.consume(queue, { noAck: true })
  const found: string[] = []
  for (;;) {
    const [body = ''] = await channel.bodies(1)
    if (body === MARK) break
    found.push(body)
  }
  channel.wire.destroy()
  return found
}

async function keepsItsPromises(choice: Choice): Promise<void> {
  const server = await choice.in(temporaryDirectory())
  const random = new Random(seed)
  const ledger = new Ledger()
  for (let round = 1; round <= rounds(6); round++) {
    const broker = await server.start()
    const channel = await open(broker)
    if (round === 1) await declare(channel)
    await work(channel, ledger, random, random.magnitude(10, 4000))
    await broker.kill()
    channel.wire.destroy()
  }
  const broker = await server.start()
  const channel = await open(broker)
  publish(channel, MOST_DELAY_MS + 200, MARK)
  for (const queue of QUEUES) {
    const found = await contents(broker, queue)
    const distinct = new Set(found)
    expect(found.length - distinct.size).toBe(0)
    expect([...ledger.confirmed].filter((body) => !distinct.has(body))).toEqual([])
    expect(found.filter((body) => !ledger.published.has(body))).toEqual([])
  }
  channel.wire.destroy()
  await broker.kill()
}

const isJudged = process.env['CRASH_BROKER'] === 'rabbitmq'

describe.skipIf(isJudged)(
  `delayed messages of a broker that is killed (CRASH_SEED=${seed})`,
  () => {
    it.each(allBrokers)('come once, with $name', keepsItsPromises)
  },
)
