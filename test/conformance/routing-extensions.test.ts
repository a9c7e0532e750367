// RabbitMQ's additions to routing: further keys in CC and BCC, and alternate exchanges. Rabbitmq-errors row 27.

import {
  BASIC_RETURN,
  type BasicProperties,
  EXCHANGE_DECLARE,
  EXCHANGE_DECLARE_OK,
  fieldTableToObject,
  type PlainTable,
} from 'amqp-codec'
import { describe, expect } from 'vitest'
import { type BrokerUnderTest, test } from '../support/raw-client-broker.ts'
import type { RawChannel } from '../support/raw-client-channel.ts'
import type { FieldsOf } from '../support/raw-client-method.ts'

async function declare(
  broker: BrokerUnderTest,
  channel: RawChannel,
  fields: FieldsOf<typeof EXCHANGE_DECLARE>,
): Promise<string> {
  const exchange = broker.exchangeName()
  await channel.send(EXCHANGE_DECLARE, { exchange, ...fields }).expect(EXCHANGE_DECLARE_OK)
  return exchange
}

function headersOf({ headers }: BasicProperties): PlainTable | undefined {
  return headers === undefined ? undefined : fieldTableToObject(headers)
}

describe('CC and BCC', () => {
  test('add routing keys, on the default exchange too', async ({ broker }) => {
    const channel = await broker.channel()
    const queues = [
      await channel.declareQueue(),
      await channel.declareQueue(),
      await channel.declareQueue(),
    ]
    const [to, copied, hidden] = queues
    const headers = { CC: [copied], BCC: [hidden] }
    channel.publish({ routingKey: to ?? '', headers, body: 'to three' })
    for (const queue of queues) expect(await channel.drain(queue)).toEqual(['to three'])
  })

  test('give a queue one copy', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    channel.publish({
      routingKey: queue,
      headers: { CC: [queue, queue], BCC: [queue] },
      body: 'once',
    })
    expect(await channel.drain(queue)).toEqual(['once'])
  })

  test('work where the routing key itself has no queue', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    const routingKey = broker.queueName()
    channel.publish({ routingKey, headers: { CC: [queue] }, mandatory: true, body: 'routed' })
    expect(await channel.get(queue)).toMatchObject({ routingKey, body: 'routed' })
    await channel.expectNothing()
  })

  test('work on topic exchanges', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declare(broker, channel, { type: 'topic' })
    const queue = await channel.declareBoundQueue(exchange, 'b.*')
    channel.publish({ exchange, routingKey: 'a.a', headers: { BCC: ['b.b'] }, body: 'topic' })
    expect(await channel.drain(queue)).toEqual(['topic'])
  })

  test('show the one and hide the other', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    const headers = { before: 1, CC: ['copied'], BCC: ['hidden'], after: 'x' }
    channel.publish({ routingKey: queue, headers, properties: { contentType: 'a/b', priority: 1 } })
    const { properties } = await channel.get(queue)
    expect(headersOf(properties)).toEqual({ before: 1, CC: ['copied'], after: 'x' })
    expect(properties).toMatchObject({ contentType: 'a/b', priority: 1 })
  })

  test('leave empty headers behind where BCC was alone', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    channel.publish({ routingKey: queue, headers: { BCC: ['hidden'] } })
    expect(headersOf((await channel.get(queue)).properties)).toEqual({})
  })

  test('hide BCC in a message that comes back, too', async ({ broker }) => {
    const channel = await broker.channel()
    const routingKey = broker.queueName()
    channel.publish({ routingKey, mandatory: true, headers: { BCC: ['nobody'], a: 1 }, body: 'b' })
    const returned = await channel.expectMessage(BASIC_RETURN)
    expect(headersOf(returned.properties)).toEqual({ a: 1 })
    expect(returned.body).toBe('b')
  })

  test('skip what is no string', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    const routingKey = broker.queueName()
    channel.publish({ routingKey, headers: { CC: [1, queue, true] }, body: 'routed' })
    expect(await channel.drain(queue)).toEqual(['routed'])
  })
})

describe('an alternate exchange', () => {
  test('takes what its exchange cannot route', async ({ broker }) => {
    const channel = await broker.channel()
    const alternate = await declare(broker, channel, { type: 'fanout' })
    const exchange = await declare(broker, channel, {
      type: 'direct',
      arguments: { 'alternate-exchange': alternate },
    })
    const routed = await channel.declareBoundQueue(exchange, 'known')
    const unrouted = await channel.declareBoundQueue(alternate, '')
    for (const routingKey of ['known', 'unknown']) {
      channel.publish({ exchange, routingKey, mandatory: true, body: routingKey })
    }
    expect(await channel.drain(routed)).toEqual(['known'])
    expect(await channel.get(unrouted)).toMatchObject({ exchange, routingKey: 'unknown' })
    await channel.expectNothing()
  })

  test('may have another behind it', async ({ broker }) => {
    const channel = await broker.channel()
    const last = await declare(broker, channel, { type: 'fanout' })
    const chain = (alternate: string) =>
      declare(broker, channel, { type: 'direct', arguments: { 'alternate-exchange': alternate } })
    const first = await chain(await chain(last))
    const queue = await channel.declareBoundQueue(last, '')
    channel.publish({ exchange: first, routingKey: 'unknown', body: 'at last' })
    expect(await channel.drain(queue)).toEqual(['at last'])
  })

  test('counts as not routed when it cannot route either', async ({ broker }) => {
    const channel = await broker.channel()
    const alternate = await declare(broker, channel, { type: 'direct' })
    const exchange = await declare(broker, channel, {
      type: 'direct',
      arguments: { 'alternate-exchange': alternate },
    })
    channel.publish({ exchange, routingKey: 'unknown', mandatory: true })
    await channel.expectMessage(BASIC_RETURN)
  })

  test('counts as not routed when it does not exist', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declare(broker, channel, {
      type: 'direct',
      arguments: { 'alternate-exchange': broker.exchangeName() },
    })
    channel.publish({ exchange, routingKey: 'unknown', mandatory: true })
    await channel.expectMessage(BASIC_RETURN)
  })

  test('ends where it began when exchanges are each other’s', async ({ broker }) => {
    const channel = await broker.channel()
    const [one, two] = [broker.exchangeName(), broker.exchangeName()]
    for (const [exchange, alternate] of [
      [one, two],
      [two, one],
    ] as const) {
      const fields = { exchange, type: 'direct', arguments: { 'alternate-exchange': alternate } }
      await channel.send(EXCHANGE_DECLARE, fields).expect(EXCHANGE_DECLARE_OK)
    }
    channel.publish({ exchange: one, routingKey: 'unknown', mandatory: true })
    await channel.expectMessage(BASIC_RETURN)
  })

  test('may be internal', async ({ broker }) => {
    const channel = await broker.channel()
    const internal = await declare(broker, channel, { type: 'fanout', internal: true })
    const queue = await channel.declareBoundQueue(internal, '')
    const exchange = await declare(broker, channel, {
      type: 'direct',
      arguments: { 'alternate-exchange': internal },
    })
    channel.publish({ exchange, routingKey: 'unknown', body: 'inside' })
    expect(await channel.drain(queue)).toEqual(['inside'])
  })
})
