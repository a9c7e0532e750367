// x-expires. https://www.rabbitmq.com/docs/ttl#queue-ttl

import { BASIC_ACK, BASIC_CANCEL, BASIC_CANCEL_OK, BASIC_RETURN } from 'amqp-codec'
import { describe, expect } from 'vitest'
import { test } from '../support/raw-client-broker.ts'
import type { RawChannel } from '../support/raw-client-channel.ts'

/** Asks without using it: what cannot be routed comes back. The channel must have confirms. */
async function isThere(channel: RawChannel, queue: string): Promise<boolean> {
  channel.publish({ routingKey: queue, mandatory: true })
  const { method } = await channel.wire.next(channel.number)
  if (method.id === BASIC_RETURN) await channel.expect(BASIC_ACK)
  return method.id !== BASIC_RETURN
}

const isGone = (channel: RawChannel, queue: string) =>
  expect.poll(() => isThere(channel, queue), { interval: 5, timeout: 30_000 }).toBe(false)

describe('a queue with x-expires', () => {
  test('goes when nobody has used it for that long', async ({ broker }) => {
    const channel = await broker.channel()
    await channel.confirmSelect()
    const queue = await channel.declareQueue({ arguments: { 'x-expires': 50 } })
    await isGone(channel, queue)
  })

  test('stays while it has a consumer, and goes after that', async ({ broker }) => {
    const connection = await broker.connect()
    const [channel, asking] = [await connection.channel(1), await connection.channel(2)]
    await asking.confirmSelect()
    const queue = await channel.declareQueue({ arguments: { 'x-expires': 300 } })
    const consumerTag = await channel.consume(queue, { noAck: true })
    const other = await channel.declareQueue({ arguments: { 'x-expires': 400 } })
    await isGone(asking, other)
    expect(await isThere(asking, queue)).toBe(true)
    await channel.deliveries(1)
    await channel.send(BASIC_CANCEL, { consumerTag }).expect(BASIC_CANCEL_OK)
    await isGone(asking, queue)
  })

  test('is used by who looks at it', async ({ broker }) => {
    const connection = await broker.connect()
    const [channel, asking] = [await connection.channel(1), await connection.channel(2)]
    await asking.confirmSelect()
    const declared = { queue: broker.queueName(), arguments: { 'x-expires': 400 } }
    const queue = await channel.declareQueue(declared)
    const other = await channel.declareQueue({ arguments: { 'x-expires': 600 } })
    while (await isThere(asking, other)) await channel.counts(queue)
    expect(await isThere(asking, queue)).toBe(true)
  })
})
