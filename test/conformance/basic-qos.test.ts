// Basic class: qos. In RabbitMQ a prefetch count is per consumer, and `global` makes it per channel.
// Spec 1.8.3.1; rabbitmq-errors row 75.

import { BASIC_ACK, BASIC_NACK, BASIC_QOS, BASIC_QOS_OK, BASIC_REJECT } from 'amqp-codec'
import { describe, expect } from 'vitest'
import { type BrokerUnderTest, test } from '../support/raw-client-broker.ts'
import type { RawChannel } from '../support/raw-client-channel.ts'

interface Stage {
  readonly channel: RawChannel
  readonly queue: string
  /** Publishes, and waits until the queue has it. */
  publish(...bodies: string[]): Promise<void>
}

async function setStage(broker: BrokerUnderTest): Promise<Stage> {
  const connection = await broker.connect()
  const [channel, publisher] = [await connection.channel(1), await connection.channel(2)]
  const queue = await channel.declareQueue()
  await publisher.confirmSelect()
  let published = 0
  return {
    channel,
    queue,
    publish: async (...bodies) => {
      published += bodies.length
      await publisher.publishAll(queue, bodies).confirmed(published, bodies.length)
    },
  }
}

async function qos(channel: RawChannel, prefetchCount: number, global = false): Promise<void> {
  await channel.send(BASIC_QOS, { prefetchCount, global }).expect(BASIC_QOS_OK)
}

describe('basic.qos', () => {
  test('of octets is not implemented', async ({ broker }) => {
    const connection = await broker.connect()
    const channel = await connection.channel()
    channel.send(BASIC_QOS, { prefetchSize: 5, prefetchCount: 1 })
    await connection.expectClose(540, 'NOT_IMPLEMENTED - prefetch_size!=0 (5)', BASIC_QOS)
  })
})

describe('a prefetch count', () => {
  test('is how many deliveries a consumer may hold', async ({ broker }) => {
    const { channel, queue, publish } = await setStage(broker)
    await qos(channel, 2)
    await channel.consume(queue)
    await publish('1', '2', '3', '4')
    expect(await channel.bodies(2)).toEqual(['1', '2'])
    await channel.expectNoDelivery(queue)
    expect(await channel.send(BASIC_ACK, { deliveryTag: 1 }).bodies(1)).toEqual(['3'])
    await channel.expectNoDelivery(queue)
  })

  test.for([
    ['an ack of all', BASIC_ACK, { deliveryTag: 2, multiple: true }, ['3', '4']],
    ['a reject', BASIC_REJECT, { deliveryTag: 1 }, ['3']],
    ['a nack of all', BASIC_NACK, { deliveryTag: 0, multiple: true }, ['3', '4']],
    ['a reject with requeue', BASIC_REJECT, { deliveryTag: 1, requeue: true }, ['1']],
  ] as const)('is freed by %s', async ([, id, fields, next], { broker }) => {
    const { channel, queue, publish } = await setStage(broker)
    await qos(channel, 2)
    await channel.consume(queue)
    await publish('1', '2', '3', '4')
    await channel.deliveries(2)
    expect(await channel.send(id, fields).bodies(next.length)).toEqual(next)
    await channel.expectNoDelivery(queue)
  })

  test('is for the consumers that come after it', async ({ broker }) => {
    const { channel, queue, publish } = await setStage(broker)
    await channel.consume(queue, { consumerTag: 'before' })
    await qos(channel, 1)
    await channel.consume(queue, { consumerTag: 'after' })
    await publish('1', '2', '3', '4', '5')
    const tags = (await channel.deliveries(5)).map(({ consumerTag }) => consumerTag)
    expect(tags.filter((tag) => tag === 'after')).toHaveLength(1)
  })

  test('is for each of them', async ({ broker }) => {
    const { channel, queue, publish } = await setStage(broker)
    await qos(channel, 2)
    await channel.consume(queue, { consumerTag: 'a' })
    await channel.consume(queue, { consumerTag: 'b' })
    await publish('1', '2', '3', '4', '5')
    const tags = (await channel.deliveries(4)).map(({ consumerTag }) => consumerTag)
    expect(tags.sort()).toEqual(['a', 'a', 'b', 'b'])
    await channel.expectNoDelivery(queue)
  })

  test('of 0 is none', async ({ broker }) => {
    const { channel, queue, publish } = await setStage(broker)
    await qos(channel, 1)
    await qos(channel, 0)
    await channel.consume(queue)
    await publish('1', '2', '3')
    expect(await channel.bodies(3)).toEqual(['1', '2', '3'])
  })

  test('lets a consumer with room have what another cannot take', async ({ broker }) => {
    const { channel, queue, publish } = await setStage(broker)
    await qos(channel, 1)
    await channel.consume(queue, { consumerTag: 'small' })
    await qos(channel, 3)
    await channel.consume(queue, { consumerTag: 'large' })
    await publish('1', '2', '3', '4', '5')
    const tags = (await channel.deliveries(4)).map(({ consumerTag }) => consumerTag)
    expect(tags.sort()).toEqual(['large', 'large', 'large', 'small'])
    await channel.expectNoDelivery(queue)
  })

  test('does not hold a consumer without acknowledgements', async ({ broker }) => {
    const { channel, queue, publish } = await setStage(broker)
    await qos(channel, 1)
    await qos(channel, 1, true)
    await channel.consume(queue, { noAck: true })
    await publish('1', '2', '3')
    expect(await channel.bodies(3)).toEqual(['1', '2', '3'])
  })
})

describe('a global prefetch count', () => {
  test('is for all consumers of the channel together', async ({ broker }) => {
    const { channel, queue, publish } = await setStage(broker)
    await qos(channel, 3, true)
    await channel.consume(queue, { consumerTag: 'a' })
    await channel.consume(queue, { consumerTag: 'b' })
    await publish('1', '2', '3', '4', '5')
    expect(await channel.bodies(3)).toEqual(['1', '2', '3'])
    await channel.expectNoDelivery(queue)
    expect(await channel.send(BASIC_ACK, { deliveryTag: 2 }).bodies(1)).toEqual(['4'])
    await channel.expectNoDelivery(queue)
  })

  test('is for queues together', async ({ broker }) => {
    const { channel, queue, publish } = await setStage(broker)
    const other = await channel.declareQueue()
    await qos(channel, 1, true)
    await channel.consume(queue)
    await channel.consume(other)
    await publish('1')
    await channel.deliveries(1)
    channel.publish({ routingKey: other, body: 'later' })
    await channel.expectNoDelivery(other)
    expect(await channel.send(BASIC_ACK, { deliveryTag: 1 }).bodies(1)).toEqual(['later'])
  })

  test('applies beside the one of each consumer', async ({ broker }) => {
    const { channel, queue, publish } = await setStage(broker)
    await qos(channel, 3, true)
    await qos(channel, 2)
    await channel.consume(queue)
    await publish('1', '2', '3')
    await channel.deliveries(2)
    await channel.expectNoDelivery(queue)
  })

  test('applies to consumers that were there before', async ({ broker }) => {
    const { channel, queue, publish } = await setStage(broker)
    await channel.consume(queue)
    await qos(channel, 1, true)
    await publish('1', '2')
    await channel.deliveries(1)
    await channel.expectNoDelivery(queue)
  })

  test.for([2, 0])('lets more through when it is set to %i', async (prefetchCount, { broker }) => {
    const { channel, queue, publish } = await setStage(broker)
    await qos(channel, 1, true)
    await channel.consume(queue)
    await publish('1', '2')
    await channel.deliveries(1)
    await qos(channel, prefetchCount, true)
    expect(await channel.bodies(1)).toEqual(['2'])
  })

  test('does not count what basic.get took', async ({ broker }) => {
    const { channel, queue, publish } = await setStage(broker)
    await qos(channel, 1, true)
    await publish('1', '2', '3')
    await channel.get(queue)
    await channel.consume(queue)
    expect(await channel.bodies(1)).toEqual(['2'])
    await channel.expectNoDelivery(queue)
  })
})
