// Confirm class, a RabbitMQ extension; rabbitmq-errors section 4 and rows 8, 30.

import {
  BASIC_ACK,
  BASIC_PUBLISH,
  BASIC_RETURN,
  CONFIRM_SELECT,
  EXCHANGE_DECLARE,
  EXCHANGE_DECLARE_OK,
  TX_SELECT,
  TX_SELECT_OK,
} from 'amqp-codec'
import { describe, expect } from 'vitest'
import { test } from '../support/raw-client-broker.ts'

describe('confirm.select', () => {
  test('may be repeated', async ({ broker }) => {
    const channel = await broker.channel()
    await channel.confirmSelect()
    await channel.confirmSelect()
    await channel.publish({ routingKey: broker.queueName() }).confirmed(1)
  })

  test('says nothing with nowait', async ({ broker }) => {
    const channel = await broker.channel()
    await channel.send(CONFIRM_SELECT, { nowait: true }).expectNothing()
    await channel.publish({ routingKey: broker.queueName() }).confirmed(1)
  })

  test('is refused on a transactional channel', async ({ broker }) => {
    const channel = await broker.channel()
    await channel.send(TX_SELECT).expect(TX_SELECT_OK)
    channel.send(CONFIRM_SELECT, { nowait: true })
    const text = 'PRECONDITION_FAILED - cannot switch from tx to confirm mode'
    await channel.expectClose(406, text, CONFIRM_SELECT)
  })
})

describe('a publish is acknowledged', () => {
  test.for([
    ['transient', 1],
    ['persistent', 2],
  ] as const)('once its queues have it: %s', async ([, deliveryMode], { broker }) => {
    const channel = await broker.channel()
    const queue = broker.queueName()
    await channel.declareQueue({ queue, exclusive: false, durable: true })
    await channel.confirmSelect()
    const bodies = Array.from({ length: 50 }, (_, index) => `${index}`)
    for (const body of bodies) {
      channel.publish({ routingKey: queue, body, properties: { deliveryMode } })
    }
    await channel.confirmed(bodies.length)
    expect(await channel.drain(queue)).toEqual(bodies)
  })

  test('when there is no queue for it', async ({ broker }) => {
    const channel = await broker.channel()
    await channel.confirmSelect()
    await channel.publish({ routingKey: broker.queueName() }).confirmed(1)
  })

  test('after it came back as mandatory', async ({ broker }) => {
    const channel = await broker.channel()
    await channel.confirmSelect()
    channel.publish({ routingKey: broker.queueName(), mandatory: true, body: 'back' })
    expect((await channel.expectMessage(BASIC_RETURN)).body).toBe('back')
    await channel.confirmed(1)
  })

  test('once, however many queues took it', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = broker.exchangeName()
    await channel.send(EXCHANGE_DECLARE, { exchange, type: 'fanout' }).expect(EXCHANGE_DECLARE_OK)
    for (let n = 0; n < 3; n++) await channel.declareBoundQueue(exchange, '')
    await channel.confirmSelect()
    await channel.publish({ exchange }).confirmed(1)
    await channel.expectNothing()
  })

  test('with tags that count from confirm.select on', async ({ broker }) => {
    const channel = await broker.channel()
    channel.publish({ routingKey: broker.queueName() })
    await channel.confirmSelect()
    channel.publish({ routingKey: broker.queueName() })
    expect(await channel.expect(BASIC_ACK)).toMatchObject({ deliveryTag: 1 })
  })

  test('with tags of its own on each channel', async ({ broker }) => {
    const connection = await broker.connect()
    for (const number of [1, 2]) {
      const channel = await connection.channel(number)
      await channel.confirmSelect()
      await channel.publishAll(broker.queueName(), ['1', '2']).confirmed(2)
    }
  })

  test('without mixing with the delivery tags of consumers', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    await channel.publishAll(queue, ['1', '2']).get(queue)
    await channel.confirmSelect()
    channel.publish({ routingKey: queue })
    expect(await channel.expect(BASIC_ACK)).toMatchObject({ deliveryTag: 1 })
    channel.send(BASIC_ACK, { deliveryTag: 1 })
    expect(await channel.drain(queue)).toHaveLength(2)
  })
})

describe('a publish that is a mistake', () => {
  test('ends the confirms with the channel', async ({ broker }) => {
    const channel = await broker.channel()
    await channel.confirmSelect()
    await channel.publish({ routingKey: broker.queueName() }).confirmed(1)
    channel.publish({ exchange: 'missing' }).publish({ routingKey: broker.queueName() })
    await channel.expectClose(404, "NOT_FOUND - no exchange 'missing' in vhost '/'", BASIC_PUBLISH)
    await channel.publish({ routingKey: broker.queueName() }).expectNothing()
  })
})
