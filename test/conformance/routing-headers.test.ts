// Headers exchanges. Spec 3.1.3.4, and RabbitMQ's all-with-x and any-with-x.

import { EXCHANGE_DECLARE, EXCHANGE_DECLARE_OK, type FieldTable, type FieldValue } from 'amqp-codec'
import { describe, expect } from 'vitest'
import { type BrokerUnderTest, test } from '../support/raw-client-broker.ts'
import type { RawChannel } from '../support/raw-client-channel.ts'

type Headers = Readonly<Record<string, unknown>>

/** Of several headers, each published as one message, those that reach a queue bound with `pattern`. */
async function matching<H extends Headers>(
  broker: BrokerUnderTest,
  pattern: Headers | FieldTable,
  published: H[],
): Promise<H[]> {
  const channel = await broker.channel()
  const exchange = broker.exchangeName()
  await channel.send(EXCHANGE_DECLARE, { exchange, type: 'headers' }).expect(EXCHANGE_DECLARE_OK)
  const queue = await channel.declareQueue()
  await channel.bind({ queue, exchange, arguments: pattern })
  publishAll(channel, exchange, published)
  const arrived = await channel.drain(queue)
  return arrived.map((index) => published[Number(index)] as H)
}

function publishAll(channel: RawChannel, exchange: string, published: Headers[]): void {
  for (const [index, headers] of published.entries()) {
    channel.publish({ exchange, headers, body: `${index}` })
  }
}

describe('a headers exchange', () => {
  test('matches all headers unless told otherwise', async ({ broker }) => {
    const published = [{ a: 1, b: 'x' }, { a: 1, b: 'x', c: true }, { a: 1 }, { a: 2, b: 'x' }, {}]
    for (const pattern of [
      { a: 1, b: 'x' },
      { 'x-match': 'all', a: 1, b: 'x' },
    ]) {
      expect(await matching(broker, pattern, published)).toEqual([
        { a: 1, b: 'x' },
        { a: 1, b: 'x', c: true },
      ])
    }
  })

  test('matches any header', async ({ broker }) => {
    const pattern = { 'x-match': 'any', a: 1, b: 'x' }
    const published = [{ a: 1 }, { b: 'x' }, { a: 2, b: 'x' }, { a: 2, b: 'y' }, { c: 1 }, {}]
    expect(await matching(broker, pattern, published)).toEqual([
      { a: 1 },
      { b: 'x' },
      { a: 2, b: 'x' },
    ])
  })

  test('matches everything with no header to match', async ({ broker }) => {
    expect(await matching(broker, {}, [{}, { a: 1 }])).toEqual([{}, { a: 1 }])
    expect(await matching(broker, { 'x-match': 'all' }, [{}, { a: 1 }])).toEqual([{}, { a: 1 }])
  })

  test('matches nothing with any of no headers', async ({ broker }) => {
    expect(await matching(broker, { 'x-match': 'any' }, [{}, { a: 1 }])).toEqual([])
  })

  test('matches any value with a void one', async ({ broker }) => {
    const published = [{ a: 1 }, { a: 'x' }, { a: null }, { b: 1 }]
    expect(await matching(broker, { a: null }, published)).toEqual([
      { a: 1 },
      { a: 'x' },
      { a: null },
    ])
  })

  test('ignores headers that begin with x-', async ({ broker }) => {
    const pattern = { 'x-match': 'all', 'x-a': 1, b: 1 }
    expect(await matching(broker, pattern, [{ b: 1 }, { 'x-a': 1 }])).toEqual([{ b: 1 }])
    const any = { 'x-match': 'any', 'x-a': 1, b: 1 }
    expect(await matching(broker, any, [{ b: 1 }, { 'x-a': 1 }])).toEqual([{ b: 1 }])
  })

  test('does not ignore them if it is told so', async ({ broker }) => {
    const pattern = { 'x-match': 'all-with-x', 'x-a': 1, b: 1 }
    const published = [{ b: 1 }, { 'x-a': 1 }, { 'x-a': 1, b: 1 }]
    expect(await matching(broker, pattern, published)).toEqual([{ 'x-a': 1, b: 1 }])
    const any = { 'x-match': 'any-with-x', 'x-a': 1, b: 1 }
    expect(await matching(broker, any, published)).toEqual(published)
  })

  test('does not look at the routing key', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = broker.exchangeName()
    await channel.send(EXCHANGE_DECLARE, { exchange, type: 'headers' }).expect(EXCHANGE_DECLARE_OK)
    const queue = await channel.declareQueue()
    await channel.bind({ queue, exchange, routingKey: 'key', arguments: { a: 1 } })
    channel.publish({ exchange, routingKey: 'other', headers: { a: 1 }, body: 'here' })
    channel.publish({ exchange, routingKey: 'key', body: 'not here' })
    expect(await channel.drain(queue)).toEqual(['here'])
  })

  test('gives a queue one copy even if many of its bindings match', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = broker.exchangeName()
    await channel.send(EXCHANGE_DECLARE, { exchange, type: 'headers' }).expect(EXCHANGE_DECLARE_OK)
    const queue = await channel.declareQueue()
    await channel.bind({ queue, exchange, arguments: { a: 1 } })
    await channel.bind({ queue, exchange, arguments: { b: 1 } })
    channel.publish({ exchange, headers: { a: 1, b: 1 }, body: 'once' })
    expect(await channel.drain(queue)).toEqual(['once'])
  })
})

describe('the value of a header matches', () => {
  const integers: FieldValue[] = [
    { type: 'b', value: 1 },
    { type: 's', value: 1 },
    { type: 'I', value: 1 },
    { type: 'l', value: 1n },
  ]
  test('whatever the width of its number', async ({ broker }) => {
    const published = integers.map((a) => ({ a }))
    const channel = await broker.channel()
    const exchange = broker.exchangeName()
    await channel.send(EXCHANGE_DECLARE, { exchange, type: 'headers' }).expect(EXCHANGE_DECLARE_OK)
    for (const bound of integers) {
      const queue = await channel.declareQueue()
      await channel.bind({ queue, exchange, arguments: new Map([['a', bound]]) })
      for (const [index, { a }] of published.entries()) {
        channel.publish({ exchange, headers: new Map([['a', a]]), body: `${index}` })
      }
      expect(await channel.drain(queue)).toEqual(['0', '1', '2', '3'])
    }
  })

  test.for([
    ['number and text', 1, '1'],
    ['number and float', 1, 1.5],
    ['true and text', true, 'true'],
    ['texts in different case', 'a', 'A'],
    ['text and table', 'a', { a: 1 }],
    ['false and void', false, null],
  ] as [string, unknown, unknown][])(
    'only what is equal: %s',
    async ([, bound, sent], { broker }) => {
      expect(await matching(broker, { a: bound }, [{ a: sent }, { a: bound }])).toEqual([
        { a: bound },
      ])
    },
  )

  test.for([
    ['true', true],
    ['a text', 'é'],
    ['a float', 1.5],
    ['a list', [1, 'two', false]],
    ['a table', { one: 1, two: { three: 3 } }],
    ['a time', new Date(1_700_000_000_000)],
    ['octets', Buffer.from('octets')],
  ] as [string, unknown][])('what is equal: %s', async ([, value], { broker }) => {
    expect(await matching(broker, { a: value }, [{ a: value }])).toHaveLength(1)
  })
})
