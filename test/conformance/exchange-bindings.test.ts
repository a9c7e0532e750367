// Exchange class: bind and unbind, and auto-delete exchanges. A RabbitMQ extension; rabbitmq-errors rows
// 2, 4, 34, 42 and section 3 point 4.

import {
  EXCHANGE_BIND,
  EXCHANGE_BIND_OK,
  EXCHANGE_DECLARE,
  EXCHANGE_DECLARE_OK,
  EXCHANGE_DELETE,
  EXCHANGE_DELETE_OK,
  EXCHANGE_UNBIND,
  EXCHANGE_UNBIND_OK,
  QUEUE_DELETE,
  QUEUE_DELETE_OK,
  QUEUE_UNBIND,
  QUEUE_UNBIND_OK,
} from 'amqp-codec'
import { describe, expect } from 'vitest'
import { type BrokerUnderTest, test } from '../support/raw-client-broker.ts'
import type { RawChannel } from '../support/raw-client-channel.ts'
import type { FieldsOf } from '../support/raw-client-method.ts'

async function declare(
  channel: RawChannel,
  broker: BrokerUnderTest,
  fields: FieldsOf<typeof EXCHANGE_DECLARE> = {},
): Promise<string> {
  const exchange = broker.exchangeName()
  const ok = channel.send(EXCHANGE_DECLARE, { exchange, type: 'fanout', ...fields })
  await ok.expect(EXCHANGE_DECLARE_OK)
  return exchange
}

async function bind(channel: RawChannel, source: string, destination: string): Promise<void> {
  await channel.send(EXCHANGE_BIND, { source, destination }).expect(EXCHANGE_BIND_OK)
}

async function unbind(channel: RawChannel, source: string, destination: string): Promise<void> {
  await channel.send(EXCHANGE_UNBIND, { source, destination }).expect(EXCHANGE_UNBIND_OK)
}

async function expectGone(channel: RawChannel, exchange: string): Promise<void> {
  channel.send(EXCHANGE_DECLARE, { exchange, passive: true })
  const text = `NOT_FOUND - no exchange '${exchange}' in vhost '/'`
  await channel.expectClose(404, text, EXCHANGE_DECLARE)
}

describe('exchange.bind', () => {
  test('lets messages through to the queues of the destination', async ({ broker }) => {
    const channel = await broker.channel()
    const source = await declare(channel, broker, { type: 'direct' })
    const destination = await declare(channel, broker, { type: 'direct' })
    const queue = await channel.declareBoundQueue(destination, 'inner')
    const fields = { source, destination, routingKey: 'inner' }
    await channel.send(EXCHANGE_BIND, fields).expect(EXCHANGE_BIND_OK)
    channel.publish({ exchange: source, routingKey: 'inner', body: 'through' })
    channel.publish({ exchange: source, routingKey: 'other', body: 'not bound' })
    expect(await channel.get(queue)).toMatchObject({ body: 'through', exchange: source })
    expect(await channel.drain(queue)).toEqual([])
  })

  test('twice is once', async ({ broker }) => {
    const channel = await broker.channel()
    const [source, destination] = [await declare(channel, broker), await declare(channel, broker)]
    await bind(channel, source, destination)
    await bind(channel, source, destination)
    await unbind(channel, source, destination)
    const queue = await channel.declareBoundQueue(destination, '')
    channel.publish({ exchange: source })
    expect(await channel.drain(queue)).toEqual([])
  })

  test('may make cycles, which end, and each queue gets a message once', async ({ broker }) => {
    const channel = await broker.channel()
    const exchanges = [await declare(channel, broker), await declare(channel, broker)] as const
    await bind(channel, exchanges[0], exchanges[1])
    await bind(channel, exchanges[1], exchanges[0])
    await bind(channel, exchanges[0], exchanges[0])
    const queue = await channel.declareBoundQueue(exchanges[0], 'one', 'two')
    await channel.bind({ queue, exchange: exchanges[1] })
    channel.publish({ exchange: exchanges[0], routingKey: 'one', body: 'once' })
    expect(await channel.drain(queue)).toEqual(['once'])
  })

  test('reaches internal exchanges', async ({ broker }) => {
    const channel = await broker.channel()
    const source = await declare(channel, broker)
    const internal = await declare(channel, broker, { internal: true })
    await bind(channel, source, internal)
    const queue = await channel.declareBoundQueue(internal, '')
    channel.publish({ exchange: source, body: 'inside' })
    expect(await channel.drain(queue)).toEqual(['inside'])
  })

  test('says nothing with nowait', async ({ broker }) => {
    const channel = await broker.channel()
    const fields = { source: 'amq.direct', destination: 'amq.fanout', routingKey: 'nowait' }
    channel.send(EXCHANGE_BIND, { ...fields, nowait: true })
    channel.send(EXCHANGE_UNBIND, { ...fields, nowait: true })
    await channel.expectNothing()
  })
})

describe('exchange.bind is refused', () => {
  test.for([
    ['without its source', 'missing.source', 'amq.fanout', 'missing.source'],
    ['without its destination', 'amq.direct', 'missing.destination', 'missing.destination'],
    ['without both, for its source', 'missing.source', 'missing.destination', 'missing.source'],
  ] as const)('%s', async ([, source, destination, missing], { broker }) => {
    const channel = await broker.channel()
    channel.send(EXCHANGE_BIND, { source, destination })
    const text = `NOT_FOUND - no exchange '${missing}' in vhost '/'`
    await channel.expectClose(404, text, EXCHANGE_BIND)
  })

  test('in spite of nowait', async ({ broker }) => {
    const channel = await broker.channel()
    channel.send(EXCHANGE_BIND, { source: 'missing', destination: 'amq.fanout', nowait: true })
    await channel.expectClose(404, "NOT_FOUND - no exchange 'missing' in vhost '/'", EXCHANGE_BIND)
  })

  test.for([
    ['from it', EXCHANGE_BIND, '', 'amq.fanout'],
    ['to it', EXCHANGE_BIND, 'amq.fanout', ''],
    ['from it to nowhere', EXCHANGE_BIND, '', 'missing'],
    ['and unbind from it', EXCHANGE_UNBIND, '', 'amq.fanout'],
    ['and unbind to it', EXCHANGE_UNBIND, 'amq.fanout', ''],
  ] as const)('on the default exchange: %s', async ([, id, source, destination], { broker }) => {
    const channel = await broker.channel()
    channel.send(id, { source, destination })
    const text = 'ACCESS_REFUSED - operation not permitted on the default exchange'
    await channel.expectClose(403, text, id)
  })

  test('with an x-match that does not exist', async ({ broker }) => {
    const channel = await broker.channel()
    const fields = { source: 'amq.headers', destination: 'amq.fanout' }
    channel.send(EXCHANGE_BIND, { ...fields, arguments: { 'x-match': 'some' } })
    const value = broker.expected({ rabbitmq: '<<"some">>', leveret: '"some"' })
    const reason = `Invalid x-match field value ${value}; expected all, any, all-with-x, or any-with-x`
    await channel.expectClose(406, `PRECONDITION_FAILED - ${reason}`, EXCHANGE_BIND)
  })
})

describe('exchange.unbind', () => {
  test.for([
    ['a binding', 'amq.direct', 'amq.fanout'],
    ['a source', 'missing.source', 'amq.fanout'],
    ['a destination', 'amq.direct', 'missing.destination'],
    ['source and destination', 'missing.source', 'missing.destination'],
  ] as const)('is fine without %s', async ([, source, destination], { broker }) => {
    await unbind(await broker.channel(), source, destination)
  })
})

describe('an auto-delete exchange', () => {
  test('stays while nothing was ever bound', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declare(channel, broker, { autoDelete: true })
    await unbind(channel, exchange, 'amq.fanout')
    await channel.send(EXCHANGE_DECLARE, { exchange, passive: true }).expect(EXCHANGE_DECLARE_OK)
  })

  test('goes with the last binding from it', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declare(channel, broker, { autoDelete: true, type: 'direct' })
    const queue = await channel.declareBoundQueue(exchange, 'one', 'two')
    await channel.send(QUEUE_UNBIND, { queue, exchange, routingKey: 'one' }).expect(QUEUE_UNBIND_OK)
    await channel.send(EXCHANGE_DECLARE, { exchange, passive: true }).expect(EXCHANGE_DECLARE_OK)
    await channel.send(QUEUE_UNBIND, { queue, exchange, routingKey: 'two' }).expect(QUEUE_UNBIND_OK)
    await expectGone(channel, exchange)
  })

  test('goes with the last queue that was bound to it', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declare(channel, broker, { autoDelete: true })
    const queue = await channel.declareBoundQueue(exchange, '')
    await channel.send(QUEUE_DELETE, { queue }).expect(QUEUE_DELETE_OK)
    await expectGone(channel, exchange)
  })

  test('goes with the last exchange that was bound to it', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declare(channel, broker, { autoDelete: true })
    const destination = await declare(channel, broker)
    await bind(channel, exchange, destination)
    const gone = channel.send(EXCHANGE_DELETE, { exchange: destination })
    await gone.expect(EXCHANGE_DELETE_OK)
    await expectGone(channel, exchange)
  })

  test('stays when a binding to it goes', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declare(channel, broker, { autoDelete: true })
    await bind(channel, 'amq.fanout', exchange)
    await unbind(channel, 'amq.fanout', exchange)
    await channel.send(EXCHANGE_DECLARE, { exchange, passive: true }).expect(EXCHANGE_DECLARE_OK)
  })

  test('takes the auto-delete exchange before it along', async ({ broker }) => {
    const channel = await broker.channel()
    const first = await declare(channel, broker, { autoDelete: true })
    const second = await declare(channel, broker, { autoDelete: true })
    await bind(channel, first, second)
    const queue = await channel.declareBoundQueue(second, '')
    await channel.send(QUEUE_UNBIND, { queue, exchange: second }).expect(QUEUE_UNBIND_OK)
    await expectGone(channel, second)
    await expectGone(channel, first)
  })
})
