// Exchange types that hash, which RabbitMQ has as plugins. Against RabbitMQ these tests need
// rabbitmq_consistent_hash_exchange and rabbitmq_sharding to be enabled.

import { BASIC_RETURN, EXCHANGE_DECLARE, EXCHANGE_DECLARE_OK, QUEUE_BIND } from 'amqp-codec'
import { describe, expect } from 'vitest'
import { declareExchange, expectRefused, sizes, spread, sum } from '../support/exchange-types.ts'
import { test } from '../support/raw-client-broker.ts'

describe('an x-consistent-hash exchange', () => {
  test('sends each routing key to one queue, always the same', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declareExchange(broker, channel, 'x-consistent-hash')
    const queues = [
      await channel.declareBoundQueue(exchange, '1'),
      await channel.declareBoundQueue(exchange, '1'),
      await channel.declareBoundQueue(exchange, '1'),
    ]
    const found = await spread(channel, queues, 300, (index) =>
      channel.publish({ exchange, routingKey: `key ${index % 30}`, body: `${index % 30}` }),
    )
    expect(sum(sizes(found))).toBe(300)
    const keys = found.map((bodies) => new Set(bodies))
    expect(sum(keys.map(({ size }) => size))).toBe(30)
  })

  test('sends to each queue a part of the keys that is its weight', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declareExchange(broker, channel, 'x-consistent-hash')
    const queues = [
      await channel.declareBoundQueue(exchange, '1'),
      await channel.declareBoundQueue(exchange, '3'),
    ]
    const found = await spread(channel, queues, 2000, (index) =>
      channel.publish({ exchange, routingKey: `${index}`, body: `${index}` }),
    )
    const [one = 0, three = 0] = sizes(found)
    expect(one + three).toBe(2000)
    expect(one).toBeGreaterThan(400)
    expect(one).toBeLessThan(600)
  })

  test('hashes a header instead', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declareExchange(broker, channel, 'x-consistent-hash', {
      'hash-header': 'key',
    })
    const queues = [
      await channel.declareBoundQueue(exchange, '1'),
      await channel.declareBoundQueue(exchange, '1'),
    ]
    const same = await spread(channel, queues, 50, (index) =>
      channel.publish({ exchange, routingKey: `${index}`, headers: { key: 'k' }, body: 'x' }),
    )
    expect(sizes(same).sort()).toEqual([0, 50])
    for (let index = 0; index < 200; index++) {
      channel.publish({ exchange, headers: { key: `key ${index}` } })
    }
    await channel.confirmed(250, 200)
    for (const queue of queues) expect((await channel.drain(queue)).length).toBeGreaterThan(40)
  })

  test('sends all messages without that header the same way', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declareExchange(broker, channel, 'x-consistent-hash', {
      'hash-header': 'key',
    })
    const queues = [
      await channel.declareBoundQueue(exchange, '1'),
      await channel.declareBoundQueue(exchange, '1'),
    ]
    const found = await spread(channel, queues, 50, (index) =>
      channel.publish({ exchange, routingKey: `${index}`, headers: { other: index }, body: 'x' }),
    )
    expect(sizes(found).sort()).toEqual([0, 50])
  })

  test.for(['message_id', 'correlation_id', 'timestamp'] as const)(
    'hashes the property %s instead',
    async (property, { broker }) => {
      const channel = await broker.channel()
      const hashArguments = { 'hash-property': property }
      const exchange = await declareExchange(broker, channel, 'x-consistent-hash', hashArguments)
      const queues = [
        await channel.declareBoundQueue(exchange, '1'),
        await channel.declareBoundQueue(exchange, '1'),
      ]
      const properties = (value: number) => ({
        messageId: property === 'message_id' ? `${value}` : 'same',
        correlationId: property === 'correlation_id' ? `${value}` : 'same',
        timestamp: property === 'timestamp' ? BigInt(1_700_000_000 + value) : 1n,
      })
      const found = await spread(channel, queues, 300, (index) =>
        channel.publish({
          exchange,
          routingKey: `${index}`,
          properties: properties(index % 100),
          body: `${index % 100}`,
        }),
      )
      expect(sum(sizes(found))).toBe(300)
      const keys = found.map((bodies) => new Set(bodies).size)
      expect(sum(keys)).toBe(100)
      expect(Math.min(...keys)).toBeGreaterThan(20)
    },
  )

  test('goes by the first of several routing keys only', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declareExchange(broker, channel, 'x-consistent-hash')
    const queues = [
      await channel.declareBoundQueue(exchange, '1'),
      await channel.declareBoundQueue(exchange, '1'),
    ]
    const headers = { CC: Array.from({ length: 20 }, (_, index) => `other ${index}`) }
    const found = await spread(channel, queues, 20, () =>
      channel.publish({ exchange, routingKey: 'k', headers, body: 'x' }),
    )
    expect(sizes(found).sort()).toEqual([0, 20])
  })

  test('knows one weight of a queue, the first that it was bound with', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declareExchange(broker, channel, 'x-consistent-hash')
    const queues = [
      await channel.declareBoundQueue(exchange, '1', '50'),
      await channel.declareBoundQueue(exchange, '1'),
    ]
    const found = await spread(channel, queues, 1000, (index) =>
      channel.publish({ exchange, routingKey: `${index}` }),
    )
    expect(sum(sizes(found))).toBe(1000)
    expect(Math.min(...sizes(found))).toBeGreaterThan(400)
  })

  test('routes nothing without bindings', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declareExchange(broker, channel, 'x-consistent-hash')
    channel.publish({ exchange, routingKey: 'k', mandatory: true })
    await channel.expectMessage(BASIC_RETURN)
  })

  test.for([
    ['', 'The binding key must be an integer: <<>>'],
    ['abc', 'The binding key must be an integer: <<"abc">>'],
    ['1.5', 'The binding key must be an integer: <<"1.5">>'],
    [' 1', 'The binding key must be an integer: <<" 1">>'],
    ['0', 'The binding key must be greater than 0'],
    ['-3', 'The binding key must be greater than 0'],
  ] as const)('refuses the weight "%s"', async ([routingKey, text], { broker }) => {
    const channel = await broker.channel()
    const exchange = await declareExchange(broker, channel, 'x-consistent-hash')
    const queue = await channel.declareQueue()
    channel.send(QUEUE_BIND, { queue, exchange, routingKey })
    await channel.expectClose(406, `PRECONDITION_FAILED - ${text}`, QUEUE_BIND)
  })

  test('takes weights with a sign or zeros before them', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declareExchange(broker, channel, 'x-consistent-hash')
    const queue = await channel.declareBoundQueue(exchange, '+2')
    const other = await channel.declareBoundQueue(exchange, '007')
    const found = await spread(channel, [queue, other], 10, (index) =>
      channel.publish({ exchange, routingKey: `${index}` }),
    )
    expect(sum(sizes(found))).toBe(10)
  })

  test('refuses arguments that do not say what to hash', async ({ broker }) => {
    const both = { 'hash-header': 'a', 'hash-property': 'message_id' }
    const exclusive = 'hash-header and hash-property are mutually exclusive'
    await expectRefused(broker, 'x-consistent-hash', both, exclusive)
    const unknown = { 'hash-property': 'app_id' }
    await expectRefused(broker, 'x-consistent-hash', unknown, 'Unsupported property: app_id')
  })

  test('refuses a name to hash that is no string', async ({ broker }) => {
    const connection = await broker.connect()
    const channel = await connection.channel()
    const fields = { type: 'x-consistent-hash', arguments: { 'hash-header': 3 } }
    channel.send(EXCHANGE_DECLARE, { exchange: broker.exchangeName(), ...fields })
    // RabbitMQ 3.10 crashes on it.
    if (broker.isRabbit) return connection.expectClose(541, 'INTERNAL_ERROR', 0)
    const text = "PRECONDITION_FAILED - Invalid argument 'hash-header': expected longstr, got "
    await channel.expectClose(406, `${text}signedint`, EXCHANGE_DECLARE)
  })

  test('is the same exchange with other arguments', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declareExchange(broker, channel, 'x-consistent-hash')
    const fields = { exchange, type: 'x-consistent-hash', arguments: { 'hash-header': 'a' } }
    await channel.send(EXCHANGE_DECLARE, fields).expect(EXCHANGE_DECLARE_OK)
  })
})

describe('an x-modulus-hash exchange', () => {
  test('spreads routing keys over its bindings, whatever their keys are', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declareExchange(broker, channel, 'x-modulus-hash')
    const queues = [
      await channel.declareBoundQueue(exchange, 'a'),
      await channel.declareBoundQueue(exchange, ''),
      await channel.declareBoundQueue(exchange, 'a'),
    ]
    const found = await spread(channel, queues, 600, (index) =>
      channel.publish({ exchange, routingKey: `${index % 200}`, body: `${index % 200}` }),
    )
    expect(sum(sizes(found))).toBe(600)
    const keys = found.map((bodies) => new Set(bodies).size)
    expect(sum(keys)).toBe(200)
    expect(Math.min(...keys)).toBeGreaterThan(40)
  })
})
