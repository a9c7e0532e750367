// Clients that go without a word while messages are on their way to them. What the broker has not
// written yet is not lost: it is as if it had never been sent.

import {
  BASIC_CONSUME,
  BASIC_CONSUME_OK,
  BASIC_DELIVER,
  BASIC_PUBLISH,
  encodeBodyFrames,
} from 'amqp-codec'
import { describe, expect, vi } from 'vitest'
import { type BrokerUnderTest, test } from '../support/raw-client-broker.ts'
import type { RawChannel } from '../support/raw-client-channel.ts'

/** More than the kernel and the broker keep for a connection that is not read. */
const COUNT = 1000
/** A delivery that is still under way when the kernel can take no more. */
const LARGE_BYTES = 24 * 1024 * 1024
const BODY = 'x'.repeat(32_768)

/** A queue full of messages, and a channel to look at it from. */
async function fullQueue(broker: BrokerUnderTest): Promise<[RawChannel, string]> {
  const keeper = await broker.channel()
  const queue = await keeper.declareQueue({ queue: broker.queueName(), exclusive: false })
  await keeper.confirmSelect()
  await keeper.publishAll(queue, Array(COUNT).fill(BODY)).confirmed(COUNT)
  return [keeper, queue]
}

/** A consumer that reads nothing, once the queue seems to have given it what it can. */
async function consumeWithoutReading(
  broker: BrokerUnderTest,
  [keeper, queue]: [RawChannel, string],
  noAck: boolean,
): Promise<RawChannel> {
  const consumer = await broker.channel()
  consumer.wire.pause()
  consumer.send(BASIC_CONSUME, { queue, noAck })
  let before = COUNT
  await vi.waitFor(
    async () => {
      const { messageCount } = await keeper.counts(queue)
      const isSettled = messageCount < COUNT && messageCount === before
      before = messageCount
      expect(isSettled).toBe(true)
    },
    { timeout: 30_000, interval: 100 },
  )
  return consumer
}

async function expectCounts(
  [keeper, queue]: [RawChannel, string],
  counts: { messageCount?: number; consumerCount: number },
): Promise<void> {
  const matches = async () => expect(await keeper.counts(queue)).toMatchObject(counts)
  await vi.waitFor(matches, { timeout: 30_000 })
}

describe('a consumer that does not read', () => {
  test('and is reset: what was not sent to it stays in the queue', async ({ broker }) => {
    const full = await fullQueue(broker)
    const consumer = await consumeWithoutReading(broker, full, true)
    consumer.wire.reset()
    await expectCounts(full, { consumerCount: 0 })
    const { messageCount } = await full[0].counts(full[1])
    expect(messageCount).toBeGreaterThan(COUNT / 4)
  })

  test('and is reset: only what was sent to it counts as redelivered', async ({ broker }) => {
    const full = await fullQueue(broker)
    const [keeper, queue] = full
    const consumer = await consumeWithoutReading(broker, full, false)
    consumer.wire.reset()
    await expectCounts(full, { messageCount: COUNT, consumerCount: 0 })
    const redelivered: boolean[] = []
    for (let n = 0; n < COUNT; n++) redelivered.push((await keeper.get(queue)).redelivered)
    expect(redelivered[0]).toBe(true)
    expect(redelivered.at(-1)).toBe(false)
  })

  test('and ends its half of the connection is gone, and its messages are back', async ({
    broker,
  }) => {
    const full = await fullQueue(broker)
    const consumer = await consumeWithoutReading(broker, full, false)
    consumer.wire.end()
    await expectCounts(full, { messageCount: COUNT, consumerCount: 0 })
  })

  test('may publish meanwhile', async ({ broker }) => {
    const connection = await broker.connect()
    const [consumer, publisher] = [await connection.channel(1), await connection.channel(2)]
    const keeper = await broker.channel()
    const large = await consumer.declareQueue()
    const small = await keeper.declareQueue()
    consumer.send(BASIC_PUBLISH, { routingKey: large }).sendHeader(LARGE_BYTES)
    consumer.wire.write(encodeBodyFrames(1, Buffer.alloc(LARGE_BYTES), 131_072))
    await consumer.expectNothing()
    connection.wire.pause()
    consumer.send(BASIC_CONSUME, { queue: large, noAck: true })
    for (let n = 0; n < 20; n++) {
      publisher.publish({ routingKey: small, body: BODY })
      await vi.waitFor(
        async () => {
          expect((await keeper.counts(small)).messageCount).toBe(n + 1)
        },
        { timeout: 30_000 },
      )
    }
    connection.wire.resume()
    await consumer.expect(BASIC_CONSUME_OK)
    expect((await consumer.expectMessage(BASIC_DELIVER)).body).toHaveLength(LARGE_BYTES)
  })
})
