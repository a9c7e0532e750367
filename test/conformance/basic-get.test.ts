// Basic class: get. Spec 1.8.3.10; rabbitmq-errors rows 1, 3.

import {
  BASIC_GET,
  BASIC_GET_EMPTY,
  BASIC_GET_OK,
  BASIC_QOS,
  BASIC_QOS_OK,
  BASIC_RECOVER,
  BASIC_RECOVER_OK,
} from 'amqp-codec'
import { describe, expect } from 'vitest'
import { test } from '../support/raw-client-broker.ts'

describe('basic.get', () => {
  test('takes the oldest message and counts the ready ones behind it', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    channel.publishAll(queue, ['1', '2', '3'])
    expect(await channel.get(queue)).toMatchObject({
      deliveryTag: 1,
      redelivered: false,
      exchange: '',
      routingKey: queue,
      messageCount: 2,
      body: '1',
    })
    expect(await channel.get(queue)).toMatchObject({ deliveryTag: 2, messageCount: 1, body: '2' })
    expect(await channel.get(queue)).toMatchObject({ deliveryTag: 3, messageCount: 0, body: '3' })
    await channel.send(BASIC_GET, { queue }).expect(BASIC_GET_EMPTY)
  })

  test('tells by which exchange and key a message came', async ({ broker }) => {
    const channel = await broker.channel()
    const routingKey = broker.queueName()
    const queue = await channel.declareBoundQueue('amq.topic', '#')
    channel.publish({ exchange: 'amq.topic', routingKey, body: 'here' })
    const mine = async () => {
      for (;;) {
        const message = await channel.get(queue)
        if (message.routingKey === routingKey) return message
      }
    }
    expect(await mine()).toMatchObject({ exchange: 'amq.topic', routingKey, body: 'here' })
  })

  test('needs an acknowledgement unless told otherwise', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    channel.publishAll(queue, ['kept', 'gone'])
    await channel.get(queue)
    await channel.send(BASIC_GET, { queue, noAck: true }).expectMessage(BASIC_GET_OK)
    await channel.send(BASIC_RECOVER, { requeue: true }).expect(BASIC_RECOVER_OK)
    expect(await channel.drain(queue)).toEqual(['kept'])
  })

  test('counts on with the delivery tags of consumers', async ({ broker }) => {
    const channel = await broker.channel()
    const [consumed, queue] = [await channel.declareQueue(), await channel.declareQueue()]
    await channel.consume(consumed)
    await channel.publish({ routingKey: consumed }).deliveries(1)
    expect(await channel.publish({ routingKey: queue }).get(queue)).toMatchObject({
      deliveryTag: 2,
    })
  })

  test('is not bound by a prefetch count', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    await channel.send(BASIC_QOS, { prefetchCount: 1, global: true }).expect(BASIC_QOS_OK)
    channel.publishAll(queue, ['1', '2'])
    expect(await channel.get(queue)).toMatchObject({ body: '1' })
    expect(await channel.get(queue)).toMatchObject({ body: '2' })
  })

  test('works beside an exclusive consumer', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    await channel.consume(queue, { exclusive: true })
    await channel.send(BASIC_GET, { queue }).expect(BASIC_GET_EMPTY)
  })

  test('from a queue that does not exist', async ({ broker }) => {
    const channel = await broker.channel()
    channel.send(BASIC_GET, { queue: 'missing' })
    await channel.expectClose(404, "NOT_FOUND - no queue 'missing' in vhost '/'", BASIC_GET)
  })
})
