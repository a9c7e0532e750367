// The exchange type of RabbitMQ's delayed message plugin. RabbitMQ comes without it: what is expected
// here is what the plugin's documentation, tests and source say.

import {
  BASIC_GET,
  BASIC_GET_EMPTY,
  EXCHANGE_BIND,
  EXCHANGE_BIND_OK,
  EXCHANGE_DECLARE,
  EXCHANGE_DECLARE_OK,
  EXCHANGE_DELETE,
  EXCHANGE_DELETE_OK,
  type FieldTable,
  type FieldValue,
  fieldTableFromObject,
  QUEUE_BIND,
  QUEUE_DECLARE,
  QUEUE_DECLARE_OK,
  QUEUE_DELETE,
  QUEUE_DELETE_OK,
  TX_COMMIT,
  TX_COMMIT_OK,
  TX_SELECT,
  TX_SELECT_OK,
} from 'amqp-codec'
import { describe, expect } from 'vitest'
import { type BrokerUnderTest, test } from '../support/raw-client-broker.ts'
import type { RawChannel } from '../support/raw-client-channel.ts'

type PlainTable = Parameters<typeof fieldTableFromObject>[0]

async function declareDelayed(
  broker: BrokerUnderTest,
  channel: RawChannel,
  type: string,
  more: PlainTable = {},
): Promise<string> {
  const exchange = broker.exchangeName()
  const declareArguments = fieldTableFromObject({ 'x-delayed-type': type, ...more })
  const fields = { exchange, type: 'x-delayed-message', arguments: declareArguments }
  await channel.send(EXCHANGE_DECLARE, fields).expect(EXCHANGE_DECLARE_OK)
  return exchange
}

const delayed = (value: FieldValue): FieldTable => new Map([['x-delay', value]])
const byMs = (value: number): FieldTable => delayed({ type: 'I', value })

/** As of a message that has expired in a queue. */
function deathIn(queue: string): FieldTable {
  return fieldTableFromObject({ queue, reason: 'expired', count: 1, exchange: '' })
}

async function expectEmpty(channel: RawChannel, queue: string): Promise<void> {
  await channel.send(BASIC_GET, { queue }).expect(BASIC_GET_EMPTY)
}

const isWithoutPlugin = process.env['CONFORMANCE_URL'] !== undefined

describe.skipIf(isWithoutPlugin)('an x-delayed-message exchange (RabbitMQ has none)', () => {
  test('delivers a message when its delay is over, with the delay negated', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declareDelayed(broker, channel, 'direct')
    const queue = await channel.declareBoundQueue(exchange, 'k')
    const headers = new Map([...byMs(150), ['other', { type: 'S', value: 'x' }]]) as FieldTable
    channel.publish({ exchange, routingKey: 'k', headers, body: 'later' })
    await expectEmpty(channel, queue)
    await channel.consume(queue)
    const [delivery] = await channel.deliveries(1)
    expect(delivery).toMatchObject({ exchange, routingKey: 'k', body: 'later', redelivered: false })
    expect(delivery?.properties.headers).toEqual(
      new Map([
        ['x-delay', { type: 'I', value: -150 }],
        ['other', { type: 'S', value: 'x' }],
      ]),
    )
  })

  test('delivers in the order in which messages are due', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declareDelayed(broker, channel, 'fanout')
    const queue = await channel.declareBoundQueue(exchange, '')
    await channel.consume(queue)
    for (const ms of [1250, 250, 750, 500, 250, 1000]) {
      channel.publish({ exchange, headers: byMs(ms), body: `${ms}` })
    }
    expect(await channel.bodies(6)).toEqual(['250', '250', '500', '750', '1000', '1250'])
  })

  test.for([
    ['none', new Map()],
    ['0', byMs(0)],
    ['a negative one', byMs(-100)],
    ['one of 2^32', delayed({ type: 'l', value: 2n ** 32n })],
    ['text that is no number', delayed({ type: 'S', value: '1s' })],
    ['true', delayed({ type: 't', value: true })],
  ] as const)('delivers at once with a delay that is %s', async ([, headers], { broker }) => {
    const channel = await broker.channel()
    const exchange = await declareDelayed(broker, channel, 'direct')
    const queue = await channel.declareBoundQueue(exchange, 'k')
    channel.publish({ exchange, routingKey: 'k', headers })
    const { properties } = await channel.get(queue)
    expect(properties.headers).toEqual(headers)
  })

  test.for<[string, FieldValue]>([
    ['a byte', { type: 'b', value: 60 }],
    ['an unsigned byte', { type: 'B', value: 60 }],
    ['a short', { type: 's', value: 60 }],
    ['an unsigned short', { type: 'u', value: 60 }],
    ['an unsigned int', { type: 'i', value: 60 }],
    ['a long', { type: 'l', value: 60n }],
    ['a double', { type: 'd', value: 60.9 }],
    ['text', { type: 'S', value: '60' }],
  ])('takes a delay that is %s, and answers with an int', async ([, value], { broker }) => {
    const channel = await broker.channel()
    const exchange = await declareDelayed(broker, channel, 'direct')
    const queue = await channel.declareBoundQueue(exchange, 'k')
    channel.publish({ exchange, routingKey: 'k', headers: delayed(value) })
    await expectEmpty(channel, queue)
    await channel.consume(queue)
    const [delivery] = await channel.deliveries(1)
    expect(delivery?.properties.headers?.get('x-delay')).toEqual({ type: 'I', value: -60 })
  })

  test('routes by the bindings that there are when the delay is over', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declareDelayed(broker, channel, 'topic')
    channel.publish({ exchange, routingKey: 'a.b', headers: byMs(100), body: '1' })
    const queue = await channel.declareBoundQueue(exchange, '*.b')
    const other = await channel.declareBoundQueue(exchange, '*.c')
    await channel.consume(queue)
    expect(await channel.bodies(1)).toEqual(['1'])
    await expectEmpty(channel, other)
  })

  test('knows the copies that a message is to go to', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declareDelayed(broker, channel, 'direct')
    const queue = await channel.declareBoundQueue(exchange, 'copy')
    await channel.consume(queue)
    const copies: FieldValue = { type: 'A', value: [{ type: 'S', value: 'copy' }] }
    const headers = new Map([...byMs(20), ['CC', copies]]) as FieldTable
    channel.publish({ exchange, routingKey: 'nowhere', headers, body: '1' })
    expect(await channel.bodies(1)).toEqual(['1'])
  })

  test('routes with the arguments of the type that it stands for', async ({ broker }) => {
    const channel = await broker.channel()
    const hashArguments = { 'hash-header': 'key' }
    const exchange = await declareDelayed(broker, channel, 'x-consistent-hash', hashArguments)
    const queue = await channel.declareBoundQueue(exchange, '1')
    channel.publish({ exchange, headers: byMs(10), body: '1' })
    await channel.consume(queue)
    expect(await channel.bodies(1)).toEqual(['1'])
    const other = await broker.channel()
    const its = await other.declareQueue()
    other.send(QUEUE_BIND, { queue: its, exchange, routingKey: 'no weight' })
    const text = 'PRECONDITION_FAILED - The binding key must be an integer: <<"no weight">>'
    await other.expectClose(406, text, QUEUE_BIND)
  })

  test('does not return a mandatory message that it delays', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declareDelayed(broker, channel, 'direct')
    await channel.confirmSelect()
    channel.publish({ exchange, routingKey: 'nowhere', headers: byMs(10), mandatory: true })
    await channel.confirmed(1)
  })

  test('uses the alternate exchange when the delay is over, and not before', async ({ broker }) => {
    const channel = await broker.channel()
    const alternate = broker.exchangeName()
    const fields = { exchange: alternate, type: 'fanout' }
    await channel.send(EXCHANGE_DECLARE, fields).expect(EXCHANGE_DECLARE_OK)
    const more = { 'alternate-exchange': alternate }
    const exchange = await declareDelayed(broker, channel, 'direct', more)
    const queue = await channel.declareBoundQueue(alternate, '')
    channel.publish({ exchange, routingKey: 'nowhere', headers: byMs(100), body: '1' })
    await expectEmpty(channel, queue)
    await channel.consume(queue)
    expect(await channel.bodies(1)).toEqual(['1'])
  })

  test('delays what comes from another exchange, once', async ({ broker }) => {
    const channel = await broker.channel()
    const first = await declareDelayed(broker, channel, 'fanout')
    const second = await declareDelayed(broker, channel, 'fanout')
    const queue = await channel.declareBoundQueue(second, '')
    const fields = { source: first, destination: second }
    await channel.send(EXCHANGE_BIND, fields).expect(EXCHANGE_BIND_OK)
    channel.publish({ exchange: first, headers: byMs(50), body: '1' })
    await channel.consume(queue)
    const [delivery] = await channel.deliveries(1)
    expect(delivery?.properties.headers).toEqual(byMs(-50))
  })

  test('delays what a transaction publishes when it commits', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declareDelayed(broker, channel, 'fanout')
    const queue = await channel.declareBoundQueue(exchange, '')
    await channel.send(TX_SELECT).expect(TX_SELECT_OK)
    channel.publish({ exchange, headers: byMs(50), body: '1' })
    await channel.send(TX_COMMIT).expect(TX_COMMIT_OK)
    await channel.consume(queue)
    expect(await channel.bodies(1)).toEqual(['1'])
  })

  test('delays dead letters, of a queue of its own name, too', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declareDelayed(broker, channel, 'fanout')
    const target = await channel.declareBoundQueue(exchange, '')
    const queueArguments = fieldTableFromObject({
      'x-message-ttl': 1,
      'x-dead-letter-exchange': exchange,
    })
    const declaration = { queue: exchange, exclusive: true, arguments: queueArguments }
    await channel.send(QUEUE_DECLARE, declaration).expect(QUEUE_DECLARE_OK)
    const death: FieldValue = { type: 'F', value: deathIn(exchange) }
    const deaths: FieldValue = { type: 'A', value: [death] }
    const headers = new Map([...byMs(20), ['x-death', deaths]]) as FieldTable
    channel.publish({ routingKey: exchange, headers, body: '1' })
    await channel.consume(target)
    const [delivery] = await channel.deliveries(1)
    expect(delivery?.properties.headers?.get('x-delay')).toEqual({ type: 'I', value: -20 })
  })

  test('drops what it still has when it is deleted', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declareDelayed(broker, channel, 'fanout')
    const queue = await channel.declareBoundQueue(exchange, '')
    channel.publish({ exchange, headers: byMs(30), body: 'dropped' })
    await channel.send(EXCHANGE_DELETE, { exchange }).expect(EXCHANGE_DELETE_OK)
    const again = { exchange, type: 'x-delayed-message' }
    const declareArguments = fieldTableFromObject({ 'x-delayed-type': 'fanout' })
    channel.send(EXCHANGE_DECLARE, { ...again, arguments: declareArguments })
    await channel.expect(EXCHANGE_DECLARE_OK)
    await channel.bind({ queue, exchange })
    channel.publish({ exchange, headers: byMs(80), body: 'delivered' })
    await channel.consume(queue)
    expect(await channel.bodies(1)).toEqual(['delivered'])
  })

  test('goes with its last binding when it is declared so', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = broker.exchangeName()
    const declareArguments = fieldTableFromObject({ 'x-delayed-type': 'fanout' })
    const fields = { exchange, type: 'x-delayed-message', autoDelete: true }
    channel.send(EXCHANGE_DECLARE, { ...fields, arguments: declareArguments })
    await channel.expect(EXCHANGE_DECLARE_OK)
    const queue = await channel.declareBoundQueue(exchange, '')
    channel.publish({ exchange, headers: byMs(60_000) })
    await channel.send(QUEUE_DELETE, { queue }).expect(QUEUE_DELETE_OK)
    channel.send(EXCHANGE_DECLARE, { exchange, passive: true })
    const text = `NOT_FOUND - no exchange '${exchange}' in vhost '/'`
    await channel.expectClose(404, text, EXCHANGE_DECLARE)
  })

  test.for<[string, PlainTable]>([
    ['no type', {}],
    ['a type that is no text', { 'x-delayed-type': 1 }],
    ['its own type', { 'x-delayed-type': 'x-delayed-message' }],
  ])('is refused with %s to stand for', async ([, declareArguments], { broker }) => {
    const channel = await broker.channel()
    const fields = { exchange: broker.exchangeName(), type: 'x-delayed-message' }
    channel.send(EXCHANGE_DECLARE, {
      ...fields,
      arguments: fieldTableFromObject(declareArguments),
    })
    const text = "Invalid argument, 'x-delayed-type' must be an existing exchange type"
    await channel.expectClose(406, `PRECONDITION_FAILED - ${text}`, EXCHANGE_DECLARE)
  })

  test('is refused with an unknown type to stand for', async ({ broker }) => {
    const channel = await broker.channel()
    const declareArguments = fieldTableFromObject({ 'x-delayed-type': 'x-strange' })
    const fields = { exchange: broker.exchangeName(), type: 'x-delayed-message' }
    channel.send(EXCHANGE_DECLARE, { ...fields, arguments: declareArguments })
    const text = "PRECONDITION_FAILED - unknown exchange type 'x-strange'"
    await channel.expectClose(406, text, EXCHANGE_DECLARE)
  })
})
