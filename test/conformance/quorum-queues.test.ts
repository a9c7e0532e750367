// What a quorum queue does otherwise than a classic one. https://www.rabbitmq.com/docs/quorum-queues

import { BASIC_NACK, type FieldTable, fieldTableToObject } from 'amqp-codec'
import { describe, expect } from 'vitest'
import { hasReady } from '../support/has-ready.ts'
import { type BrokerUnderTest, test } from '../support/raw-client-broker.ts'
import type { RawChannel } from '../support/raw-client-channel.ts'

async function declareQuorum(
  broker: BrokerUnderTest,
  channel: RawChannel,
  more: Record<string, unknown> = {},
): Promise<string> {
  const queue = broker.queueName()
  const queueArguments = { 'x-queue-type': 'quorum', ...more }
  return channel.declareQueue({
    queue,
    durable: true,
    exclusive: false,
    arguments: queueArguments,
  })
}

const headersOf = (headers: FieldTable | undefined) =>
  headers === undefined ? {} : fieldTableToObject(headers)

describe('a quorum queue', () => {
  test('counts how often a message came back', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await declareQuorum(broker, channel)
    await channel.consume(queue)
    channel.publishAll(queue, ['a'])
    const counts: unknown[] = []
    for (const deliveryTag of [1, 2, 3]) {
      const [delivery] = await channel.deliveries(1)
      counts.push(headersOf(delivery?.properties.headers)['x-delivery-count'])
      channel.send(BASIC_NACK, { deliveryTag, requeue: true })
    }
    expect(counts).toEqual([undefined, 1, 2])
  })

  test('drops what came back more often than x-delivery-limit', async ({ broker }) => {
    const channel = await broker.channel()
    const dead = broker.queueName()
    await channel.declareQueue({ queue: dead })
    const queue = await declareQuorum(broker, channel, {
      'x-delivery-limit': 1,
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': dead,
    })
    await channel.consume(queue)
    channel.publishAll(queue, ['a'])
    for (const deliveryTag of [1, 2]) {
      await channel.deliveries(1)
      channel.send(BASIC_NACK, { deliveryTag, requeue: true })
    }
    await hasReady(channel, dead, 1)
    const { properties } = await channel.get(dead)
    expect(headersOf(properties.headers)).toMatchObject({
      'x-death': [{ queue, reason: 'delivery_limit', count: 1 }],
    })
  })
})
