// A stream whose broker is killed while it is written and read: what was confirmed is there, and every
// offset that somebody has seen still has the same message.

import { setTimeout as passed } from 'node:timers/promises'
import { BASIC_ACK, BASIC_QOS, BASIC_QOS_OK } from 'amqp-codec'
import { expect, it } from 'vitest'
import { RawConnection } from '../support/raw-client.ts'
import type { RawChannel } from '../support/raw-client-channel.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import type { RunningBroker } from './broker/crash-broker.ts'
import { Leveret } from './broker/leveret.ts'
import { rounds, seed } from './effort.ts'

const STREAM = 'events'
const ACK_EVERY = 50

/** What clients know: bodies that were confirmed, and what they have seen where. */
class Knowledge {
  readonly confirmed = new Set<string>()
  readonly seen = new Map<bigint, string>()
  published = 0
}

async function openChannel({ port }: RunningBroker): Promise<RawChannel> {
  const connection = await (await RawConnection.dial({ host: '127.0.0.1', port })).open()
  const channel = await connection.channel()
  await channel.send(BASIC_QOS, { prefetchCount: 500 }).expect(BASIC_QOS_OK)
  await channel.confirmSelect()
  return channel
}

/** The next delivery's offset and body. */
async function next(channel: RawChannel): Promise<[offset: bigint, body: string]> {
  const [delivery] = await channel.deliveries(1)
  if (delivery === undefined) throw new Error('there is one')
  const { deliveryTag, properties, body } = delivery
  if (deliveryTag % ACK_EVERY === 0) channel.send(BASIC_ACK, { deliveryTag, multiple: true })
  return [properties.headers?.get('x-stream-offset')?.value as bigint, body]
}

/** All that is in the stream. */
async function readAll(broker: RunningBroker): Promise<Map<bigint, string>> {
  const channel = await openChannel(broker)
  const arguments_ = { 'x-queue-type': 'stream' }
  await channel.declareQueue({
    queue: STREAM,
    durable: true,
    exclusive: false,
    arguments: arguments_,
  })
  const { messageCount } = await channel.counts(STREAM)
  await channel.consume(STREAM, { arguments: { 'x-stream-offset': 'first' } })
  const found = new Map<bigint, string>()
  while (found.size < messageCount) found.set(...(await next(channel)))
  channel.wire.destroy()
  return found
}

/** Goes on until its connection ends. */
async function follow(channel: RawChannel, { seen }: Knowledge): Promise<void> {
  await channel.consume(STREAM)
  for (;;) seen.set(...(await next(channel)))
}

async function publish(channel: RawChannel, knowledge: Knowledge): Promise<void> {
  const sent: string[] = []
  let confirmedTag = 0
  const hear = async (): Promise<void> => {
    for (;;) {
      const { deliveryTag, multiple } = await channel.expect(BASIC_ACK)
      const first = multiple ? confirmedTag + 1 : deliveryTag
      for (let tag = first; tag <= deliveryTag; tag++) {
        knowledge.confirmed.add(sent[tag - 1] as string)
      }
      confirmedTag = Math.max(confirmedTag, deliveryTag)
    }
  }
  const say = async (): Promise<void> => {
    for (; !channel.wire.isClosed; await passed(1)) {
      const bodies = Array.from({ length: 20 }, () => `${++knowledge.published}`)
      sent.push(...bodies)
      channel.publishAll(STREAM, bodies)
    }
  }
  await Promise.all([hear(), say()])
}

it(`a stream keeps what was confirmed, where it was seen (CRASH_SEED=${seed})`, async () => {
  const leveret = new Leveret({ directory: temporaryDirectory(), durability: 'disk' })
  const knowledge = new Knowledge()
  for (let round = 1; round <= rounds(5); round++) {
    const broker = await leveret.start()
    const found = await readAll(broker)
    const bodies = new Set(found.values())
    expect([...knowledge.confirmed].filter((body) => !bodies.has(body))).toEqual([])
    expect([...knowledge.seen].filter(([offset, body]) => found.get(offset) !== body)).toEqual([])
    expect([...found.keys()]).toEqual(Array.from(found, (_, offset) => BigInt(offset)))
    const [reader, writer] = [await openChannel(broker), await openChannel(broker)]
    const ended = Promise.allSettled([follow(reader, knowledge), publish(writer, knowledge)])
    await passed(200 + 150 * round)
    await broker.kill()
    await ended
  }
  expect(knowledge.confirmed.size).toBeGreaterThan(0)
  expect(knowledge.seen.size).toBeGreaterThan(0)
})
