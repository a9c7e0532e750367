// Queue class: bind and unbind. Spec 1.7.2.3, 1.7.2.5; rabbitmq-errors rows 1, 2, 4, 34, 42, 48 and
// section 3 point 4.

import {
  EXCHANGE_DECLARE,
  EXCHANGE_DECLARE_OK,
  QUEUE_BIND,
  QUEUE_UNBIND,
  QUEUE_UNBIND_OK,
} from 'amqp-codec'
import { describe, expect } from 'vitest'
import { test } from '../support/raw-client-broker.ts'

const DEFAULT_EXCHANGE = 'ACCESS_REFUSED - operation not permitted on the default exchange'

describe('queue.bind', () => {
  test('twice is once', async ({ broker }) => {
    const channel = await broker.channel()
    const routingKey = broker.queueName()
    const queue = await channel.declareBoundQueue('amq.direct', routingKey, routingKey)
    channel.publish({ exchange: 'amq.direct', routingKey, body: 'once' })
    expect(await channel.drain(queue)).toEqual(['once'])
    const binding = { queue, exchange: 'amq.direct', routingKey }
    await channel.send(QUEUE_UNBIND, binding).expect(QUEUE_UNBIND_OK)
    channel.publish({ exchange: 'amq.direct', routingKey, body: 'too late' })
    expect(await channel.drain(queue)).toEqual([])
  })

  test('with other arguments is another binding', async ({ broker }) => {
    const channel = await broker.channel()
    const routingKey = broker.queueName()
    const queue = await channel.declareQueue()
    const binding = { queue, exchange: 'amq.direct', routingKey }
    await channel.bind(binding)
    await channel.bind({ ...binding, arguments: { n: 1 } })
    await channel.send(QUEUE_UNBIND, binding).expect(QUEUE_UNBIND_OK)
    channel.publish({ exchange: 'amq.direct', routingKey, body: 'bound' })
    expect(await channel.drain(queue)).toEqual(['bound'])
  })

  test('says nothing with nowait', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    const routingKey = broker.queueName()
    channel.send(QUEUE_BIND, { queue, exchange: 'amq.direct', routingKey, nowait: true })
    await channel.expectNothing()
    channel.publish({ exchange: 'amq.direct', routingKey, body: 'bound' })
    expect(await channel.drain(queue)).toEqual(['bound'])
  })

  test('without queue and key takes the name of the last queue as key', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    await channel.bind({ exchange: 'amq.direct' })
    channel.publish({ exchange: 'amq.direct', routingKey: queue, body: 'by name' })
    channel.publish({ exchange: 'amq.direct', routingKey: '', body: 'by nothing' })
    expect(await channel.drain(queue)).toEqual(['by name'])
    await channel.send(QUEUE_UNBIND, { exchange: 'amq.direct' }).expect(QUEUE_UNBIND_OK)
    channel.publish({ exchange: 'amq.direct', routingKey: queue, body: 'too late' })
    expect(await channel.drain(queue)).toEqual([])
  })

  test('of a named queue without a key keeps the empty key', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = broker.exchangeName()
    await channel.send(EXCHANGE_DECLARE, { exchange, type: 'direct' }).expect(EXCHANGE_DECLARE_OK)
    const queue = await channel.declareBoundQueue(exchange, '')
    channel.publish({ exchange, routingKey: queue, body: 'by name' })
    channel.publish({ exchange, routingKey: '', body: 'by nothing' })
    expect(await channel.drain(queue)).toEqual(['by nothing'])
  })
})

describe('queue.bind is refused', () => {
  test('without its exchange', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    channel.send(QUEUE_BIND, { queue, exchange: 'missing' })
    await channel.expectClose(404, "NOT_FOUND - no exchange 'missing' in vhost '/'", QUEUE_BIND)
  })

  test('without its queue', async ({ broker }) => {
    const channel = await broker.channel()
    channel.send(QUEUE_BIND, { queue: 'missing', exchange: 'amq.direct', nowait: true })
    await channel.expectClose(404, "NOT_FOUND - no queue 'missing' in vhost '/'", QUEUE_BIND)
  })

  test('without both, for its exchange', async ({ broker }) => {
    const channel = await broker.channel()
    channel.send(QUEUE_BIND, { queue: 'missing.queue', exchange: 'missing.exchange' })
    const text = "NOT_FOUND - no exchange 'missing.exchange' in vhost '/'"
    await channel.expectClose(404, text, QUEUE_BIND)
  })

  test('for its missing exchange before its locked queue', async ({ broker }) => {
    const queue = await (await broker.channel()).declareQueue()
    const other = await broker.channel()
    other.send(QUEUE_BIND, { queue, exchange: 'missing' })
    await other.expectClose(404, "NOT_FOUND - no exchange 'missing' in vhost '/'", QUEUE_BIND)
  })

  test.for([
    ['bind', QUEUE_BIND],
    ['unbind', QUEUE_UNBIND],
  ] as const)(
    'on the default exchange, before anything is looked up: %s',
    async ([, id], { broker }) => {
      const channel = await broker.channel()
      channel.send(id, { queue: 'missing', routingKey: 'key' })
      await channel.expectClose(403, DEFAULT_EXCHANGE, id)
    },
  )
})

describe('queue.bind to a headers exchange', () => {
  test.for(['all', 'any', 'all-with-x', 'any-with-x'])(
    "takes x-match '%s'",
    async (xMatch, { broker }) => {
      const channel = await broker.channel()
      const queue = await channel.declareQueue()
      await channel.bind({ queue, exchange: 'amq.headers', arguments: { 'x-match': xMatch } })
    },
  )

  test('refuses any other', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    channel.send(QUEUE_BIND, { queue, exchange: 'amq.headers', arguments: { 'x-match': 'some' } })
    const value = broker.expected({ rabbitmq: '<<"some">>', leveret: '"some"' })
    const reason = `Invalid x-match field value ${value}; expected all, any, all-with-x, or any-with-x`
    await channel.expectClose(406, `PRECONDITION_FAILED - ${reason}`, QUEUE_BIND)
  })

  test('refuses one that is no string', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    channel.send(QUEUE_BIND, { queue, exchange: 'amq.headers', arguments: { 'x-match': 1 } })
    const reason = 'Invalid x-match field type signedint (value 1); expected longstr'
    await channel.expectClose(406, `PRECONDITION_FAILED - ${reason}`, QUEUE_BIND)
  })

  test('does not look at it when unbinding', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    const fields = { queue, exchange: 'amq.headers', arguments: { 'x-match': 'some' } }
    await channel.send(QUEUE_UNBIND, fields).expect(QUEUE_UNBIND_OK)
  })
})

describe('queue.unbind', () => {
  test('is fine without a binding', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    const fields = { queue, exchange: 'amq.direct', routingKey: 'never bound' }
    await channel.send(QUEUE_UNBIND, fields).expect(QUEUE_UNBIND_OK)
  })

  test.for([
    ['a queue', 'missing.queue', 'amq.direct'],
    ['an exchange', 'missing.queue', 'missing.exchange'],
  ] as const)('is fine without %s', async ([, queue, exchange], { broker }) => {
    const channel = await broker.channel()
    await channel.send(QUEUE_UNBIND, { queue, exchange }).expect(QUEUE_UNBIND_OK)
  })
})
