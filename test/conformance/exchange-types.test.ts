// Exchange types that RabbitMQ has as plugins. Against RabbitMQ these tests need rabbitmq_random_exchange
// and rabbitmq_recent_history_exchange to be enabled.

import { BASIC_RETURN, EXCHANGE_BIND, EXCHANGE_BIND_OK, QUEUE_BIND } from 'amqp-codec'
import { describe, expect } from 'vitest'
import { declareExchange, expectRefused, sizes, spread, sum } from '../support/exchange-types.ts'
import { test } from '../support/raw-client-broker.ts'

describe('an x-random exchange', () => {
  test('sends each message to one of its bindings', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declareExchange(broker, channel, 'x-random')
    const queues = [
      await channel.declareBoundQueue(exchange, 'a'),
      await channel.declareBoundQueue(exchange, 'b'),
    ]
    const found = await spread(channel, queues, 400, () =>
      channel.publish({ exchange, routingKey: 'c' }),
    )
    expect(sum(sizes(found))).toBe(400)
    expect(Math.min(...sizes(found))).toBeGreaterThan(130)
  })

  test('gives a queue that is bound twice a message once', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declareExchange(broker, channel, 'x-random')
    const queue = await channel.declareBoundQueue(exchange, 'a', 'b')
    const found = await spread(channel, [queue], 10, () => channel.publish({ exchange }))
    expect(sizes(found)).toEqual([10])
  })
})

describe('an x-local-random exchange', () => {
  // It came with RabbitMQ 4.0.
  test('sends each message to one of its queues', async ({ broker, skip }) => {
    if (broker.isRabbit) skip('RabbitMQ has it from 4.0 on')
    const channel = await broker.channel()
    const exchange = await declareExchange(broker, channel, 'x-local-random')
    const queues = [
      await channel.declareBoundQueue(exchange, ''),
      await channel.declareBoundQueue(exchange, ''),
    ]
    const found = await spread(channel, queues, 400, () => channel.publish({ exchange }))
    expect(sum(sizes(found))).toBe(400)
    expect(Math.min(...sizes(found))).toBeGreaterThan(130)
  })

  test('refuses binding keys, and exchanges', async ({ broker, skip }) => {
    if (broker.isRabbit) skip('RabbitMQ has it from 4.0 on')
    const channel = await broker.channel()
    const exchange = await declareExchange(broker, channel, 'x-local-random')
    const queue = await channel.declareQueue()
    channel.send(QUEUE_BIND, { queue, exchange, routingKey: 'k' })
    const text = "PRECONDITION_FAILED - Non empty binding 'k' key not permitted"
    await channel.expectClose(406, text, QUEUE_BIND)
    const other = await broker.channel()
    other.send(EXCHANGE_BIND, { source: exchange, destination: 'amq.fanout' })
    await other.expectClose(406, 'PRECONDITION_FAILED - Destination not found', EXCHANGE_BIND)
  })
})

describe('an x-recent-history exchange', () => {
  test('gives a queue that is bound the last messages, in their order', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declareExchange(broker, channel, 'x-recent-history')
    await channel.confirmSelect()
    for (let index = 1; index <= 25; index++) channel.publish({ exchange, body: `${index}` })
    await channel.confirmed(25)
    const queue = await channel.declareBoundQueue(exchange, 'whatever')
    const bodies = Array.from({ length: 20 }, (_, index) => `${index + 6}`)
    expect(await channel.drain(queue)).toEqual(bodies)
    channel.publish({ exchange, routingKey: 'other', body: 'new' })
    await channel.confirmed(26, 1)
    expect(await channel.drain(queue)).toEqual(['new'])
  })

  test('keeps as many as it was told to', async ({ broker }) => {
    const channel = await broker.channel()
    const history = { 'x-recent-history-length': 2 }
    const exchange = await declareExchange(broker, channel, 'x-recent-history', history)
    await channel.confirmSelect()
    for (const body of ['a', 'b', 'c']) channel.publish({ exchange, body })
    await channel.confirmed(3)
    expect(await channel.drain(await channel.declareBoundQueue(exchange, ''))).toEqual(['b', 'c'])
    expect(await channel.drain(await channel.declareBoundQueue(exchange, ''))).toEqual(['b', 'c'])
  })

  test('keeps no message that is not to be kept', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declareExchange(broker, channel, 'x-recent-history')
    const first = await channel.declareBoundQueue(exchange, '')
    await channel.confirmSelect()
    channel.publish({ exchange, headers: { 'x-recent-history-no-store': true }, body: 'a' })
    channel.publish({ exchange, headers: { 'x-recent-history-no-store': false }, body: 'b' })
    channel.publish({ exchange, headers: { 'x-recent-history-no-store': 'true' }, body: 'c' })
    await channel.confirmed(3)
    expect(await channel.drain(first)).toEqual(['a', 'b', 'c'])
    expect(await channel.drain(await channel.declareBoundQueue(exchange, ''))).toEqual(['b', 'c'])
  })

  test('gives its messages to an exchange that is bound, which routes them on', async ({
    broker,
  }) => {
    const channel = await broker.channel()
    const exchange = await declareExchange(broker, channel, 'x-recent-history')
    const destination = await declareExchange(broker, channel, 'direct')
    const queue = await channel.declareBoundQueue(destination, 'a')
    await channel.confirmSelect()
    channel.publish({ exchange, routingKey: 'a', body: '1' })
    await channel.confirmed(1)
    const fields = { source: exchange, destination }
    await channel.send(EXCHANGE_BIND, fields).expect(EXCHANGE_BIND_OK)
    expect(await channel.drain(queue)).toEqual(['1'])
  })

  test('returns a mandatory message that it only keeps', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declareExchange(broker, channel, 'x-recent-history')
    channel.publish({ exchange, mandatory: true, body: 'kept' })
    await channel.expectMessage(BASIC_RETURN)
    expect(await channel.drain(await channel.declareBoundQueue(exchange, ''))).toEqual(['kept'])
  })

  test('gives a message with several routing keys once', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declareExchange(broker, channel, 'x-recent-history')
    await channel.confirmSelect()
    channel.publish({ exchange, headers: { CC: ['a', 'b'] }, body: '1' })
    await channel.confirmed(1)
    expect(await channel.drain(await channel.declareBoundQueue(exchange, ''))).toEqual(['1'])
  })

  test.for([
    [0, '0'],
    [-1, '-1'],
    ['abc', '<<"abc">>'],
    [1.5, '1.5'],
    [true, 'true'],
  ] as const)('refuses the length %s', async ([length, printed], { broker }) => {
    const text = `Invalid argument ${printed}, 'x-recent-history-length' must be a positive integer`
    const history = { 'x-recent-history-length': length }
    await expectRefused(broker, 'x-recent-history', history, text)
  })
})
