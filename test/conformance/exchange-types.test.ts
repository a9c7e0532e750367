// The exchange types that RabbitMQ has as plugins. Against RabbitMQ these tests need
// rabbitmq_consistent_hash_exchange, rabbitmq_random_exchange, rabbitmq_recent_history_exchange and
// rabbitmq_sharding to be enabled.

import {
  BASIC_RETURN,
  EXCHANGE_BIND,
  EXCHANGE_BIND_OK,
  EXCHANGE_DECLARE,
  EXCHANGE_DECLARE_OK,
  fieldTableFromObject,
  QUEUE_BIND,
} from 'amqp-codec'
import { describe, expect } from 'vitest'
import { type BrokerUnderTest, test } from '../support/raw-client-broker.ts'
import type { RawChannel } from '../support/raw-client-channel.ts'

type Arguments = Parameters<typeof fieldTableFromObject>[0]

async function declare(
  broker: BrokerUnderTest,
  channel: RawChannel,
  type: string,
  declareArguments: Arguments = {},
): Promise<string> {
  const exchange = broker.exchangeName()
  const fields = { exchange, type, arguments: fieldTableFromObject(declareArguments) }
  await channel.send(EXCHANGE_DECLARE, fields).expect(EXCHANGE_DECLARE_OK)
  return exchange
}

/** What `exchange.declare` is refused with. */
async function expectRefused(
  broker: BrokerUnderTest,
  type: string,
  declareArguments: Arguments,
  text: string,
): Promise<void> {
  const channel = await broker.channel()
  const fields = { type, arguments: fieldTableFromObject(declareArguments) }
  channel.send(EXCHANGE_DECLARE, { exchange: broker.exchangeName(), ...fields })
  await channel.expectClose(406, `PRECONDITION_FAILED - ${text}`, EXCHANGE_DECLARE)
}

/** What each of the queues gets of `count` messages, whose bodies are their numbers. */
async function spread(
  channel: RawChannel,
  queues: readonly string[],
  count: number,
  publish: (index: number) => void,
): Promise<string[][]> {
  await channel.confirmSelect()
  for (let index = 0; index < count; index++) publish(index)
  await channel.confirmed(count)
  const found: string[][] = []
  for (const queue of queues) found.push(await channel.drain(queue))
  return found
}

const sizes = (found: string[][]): number[] => found.map(({ length }) => length)
const sum = (counts: number[]): number => counts.reduce((total, count) => total + count, 0)

describe('an x-consistent-hash exchange', () => {
  test('sends each routing key to one queue, always the same', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declare(broker, channel, 'x-consistent-hash')
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
    const exchange = await declare(broker, channel, 'x-consistent-hash')
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
    const exchange = await declare(broker, channel, 'x-consistent-hash', { 'hash-header': 'key' })
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
    const exchange = await declare(broker, channel, 'x-consistent-hash', { 'hash-header': 'key' })
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
      const exchange = await declare(broker, channel, 'x-consistent-hash', hashArguments)
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
    const exchange = await declare(broker, channel, 'x-consistent-hash')
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
    const exchange = await declare(broker, channel, 'x-consistent-hash')
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
    const exchange = await declare(broker, channel, 'x-consistent-hash')
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
    const exchange = await declare(broker, channel, 'x-consistent-hash')
    const queue = await channel.declareQueue()
    channel.send(QUEUE_BIND, { queue, exchange, routingKey })
    await channel.expectClose(406, `PRECONDITION_FAILED - ${text}`, QUEUE_BIND)
  })

  test('takes weights with a sign or zeros before them', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declare(broker, channel, 'x-consistent-hash')
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
    const exchange = await declare(broker, channel, 'x-consistent-hash')
    const fields = { exchange, type: 'x-consistent-hash', arguments: { 'hash-header': 'a' } }
    await channel.send(EXCHANGE_DECLARE, fields).expect(EXCHANGE_DECLARE_OK)
  })
})

describe('an x-modulus-hash exchange', () => {
  test('spreads routing keys over its bindings, whatever their keys are', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declare(broker, channel, 'x-modulus-hash')
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

describe('an x-random exchange', () => {
  test('sends each message to one of its bindings', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declare(broker, channel, 'x-random')
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
    const exchange = await declare(broker, channel, 'x-random')
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
    const exchange = await declare(broker, channel, 'x-local-random')
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
    const exchange = await declare(broker, channel, 'x-local-random')
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
    const exchange = await declare(broker, channel, 'x-recent-history')
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
    const exchange = await declare(broker, channel, 'x-recent-history', history)
    await channel.confirmSelect()
    for (const body of ['a', 'b', 'c']) channel.publish({ exchange, body })
    await channel.confirmed(3)
    expect(await channel.drain(await channel.declareBoundQueue(exchange, ''))).toEqual(['b', 'c'])
    expect(await channel.drain(await channel.declareBoundQueue(exchange, ''))).toEqual(['b', 'c'])
  })

  test('keeps no message that is not to be kept', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declare(broker, channel, 'x-recent-history')
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
    const exchange = await declare(broker, channel, 'x-recent-history')
    const destination = await declare(broker, channel, 'direct')
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
    const exchange = await declare(broker, channel, 'x-recent-history')
    channel.publish({ exchange, mandatory: true, body: 'kept' })
    await channel.expectMessage(BASIC_RETURN)
    expect(await channel.drain(await channel.declareBoundQueue(exchange, ''))).toEqual(['kept'])
  })

  test('gives a message with several routing keys once', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declare(broker, channel, 'x-recent-history')
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
