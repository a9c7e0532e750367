// Auto-delete queues go with their last consumer. Spec 1.7.2.1.6.

import {
  BASIC_ACK,
  BASIC_CANCEL,
  BASIC_CANCEL_OK,
  BASIC_GET,
  BASIC_GET_EMPTY,
  BASIC_QOS,
  BASIC_QOS_OK,
  CHANNEL_CLOSE,
  CHANNEL_CLOSE_OK,
  QUEUE_DECLARE,
} from 'amqp-codec'
import { describe } from 'vitest'
import { type BrokerUnderTest, test } from '../support/raw-client-broker.ts'
import type { RawChannel } from '../support/raw-client-channel.ts'

async function declareAutoDelete(broker: BrokerUnderTest, channel: RawChannel): Promise<string> {
  const queue = broker.queueName()
  return channel.declareQueue({ queue, exclusive: false, autoDelete: true })
}

async function expectGone(channel: RawChannel, queue: string): Promise<void> {
  channel.send(QUEUE_DECLARE, { queue, passive: true })
  await channel.expectClose(404, `NOT_FOUND - no queue '${queue}' in vhost '/'`, QUEUE_DECLARE)
}

describe('an auto-delete queue', () => {
  test('stays until it had a consumer; basic.get is none', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await declareAutoDelete(broker, channel)
    await channel.send(BASIC_GET, { queue }).expect(BASIC_GET_EMPTY)
    await channel.counts(queue)
  })

  test('goes when its last consumer is cancelled', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await declareAutoDelete(broker, channel)
    const [first, second] = [await channel.consume(queue), await channel.consume(queue)]
    await channel.send(BASIC_CANCEL, { consumerTag: first }).expect(BASIC_CANCEL_OK)
    await channel.counts(queue)
    await channel.send(BASIC_CANCEL, { consumerTag: second }).expect(BASIC_CANCEL_OK)
    await expectGone(channel, queue)
  })

  test('goes with messages in it, acknowledged or not', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await declareAutoDelete(broker, channel)
    await channel.send(BASIC_QOS, { prefetchCount: 1 }).expect(BASIC_QOS_OK)
    const consumerTag = await channel.consume(queue)
    await channel.publishAll(queue, ['delivered', 'ready']).deliveries(1)
    await channel.send(BASIC_CANCEL, { consumerTag }).expect(BASIC_CANCEL_OK)
    await channel.send(BASIC_ACK, { deliveryTag: 1 }).expectNothing()
    await expectGone(channel, queue)
  })

  test('goes when the channel of its last consumer closes', async ({ broker }) => {
    const connection = await broker.connect()
    const channel = await connection.channel(1)
    const queue = await declareAutoDelete(broker, channel)
    await channel.consume(queue)
    await channel.send(CHANNEL_CLOSE, { replyCode: 200 }).expect(CHANNEL_CLOSE_OK)
    await expectGone(await connection.channel(2), queue)
  })

  test('goes when the connection of its last consumer closes', async ({ broker }) => {
    const connection = await broker.connect()
    const channel = await connection.channel()
    const queue = await declareAutoDelete(broker, channel)
    await channel.consume(queue)
    await connection.close()
    await expectGone(await broker.channel(), queue)
  })
})
