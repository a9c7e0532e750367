// Queue class: declare, with names and properties. Spec 1.7.2.1; rabbitmq-errors rows 1, 3, 9, 41, 48 and
// section 3 points 1 and 2.

import {
  BASIC_CONSUME,
  BASIC_GET,
  BASIC_GET_EMPTY,
  CHANNEL_CLOSE,
  CHANNEL_CLOSE_OK,
  QUEUE_BIND,
  QUEUE_DECLARE,
  QUEUE_DECLARE_OK,
  QUEUE_DELETE,
  QUEUE_DELETE_OK,
  QUEUE_PURGE,
  QUEUE_PURGE_OK,
  QUEUE_UNBIND,
  QUEUE_UNBIND_OK,
} from 'amqp-codec'
import { describe, expect } from 'vitest'
import { test } from '../support/raw-client-broker.ts'
import type { FieldsOf } from '../support/raw-client-method.ts'

type Declaration = FieldsOf<typeof QUEUE_DECLARE>

const locked = (queue: string) =>
  `RESOURCE_LOCKED - cannot obtain exclusive access to locked queue '${queue}' in vhost '/'. It could be originally declared on another connection or the exclusive property value does not match that of the original declaration.`

describe('queue.declare', () => {
  test('tells the name and that nothing is in the queue yet', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = broker.queueName()
    expect(await channel.send(QUEUE_DECLARE, { queue }).expect(QUEUE_DECLARE_OK)).toMatchObject({
      queue,
      messageCount: 0,
      consumerCount: 0,
    })
  })

  test('counts ready messages and consumers when the queue is there', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue({ queue: broker.queueName() })
    channel.publishAll(queue, ['1', '2', '3'])
    await channel.get(queue)
    const fields = { queue, exclusive: true }
    const before = await channel.send(QUEUE_DECLARE, fields).expect(QUEUE_DECLARE_OK)
    expect(before).toMatchObject({ queue, messageCount: 2, consumerCount: 0 })
    await channel.consume(queue)
    await channel.deliveries(2)
    const after = await channel.send(QUEUE_DECLARE, fields).expect(QUEUE_DECLARE_OK)
    expect(after).toMatchObject({ queue, messageCount: 0, consumerCount: 1 })
  })

  test('says nothing with nowait', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = broker.queueName()
    await channel.send(QUEUE_DECLARE, { queue, nowait: true }).expectNothing()
    await channel.counts(queue)
  })

  test('drops line ends from the name', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = broker.queueName()
    const split = `${queue.slice(0, 3)}\r\n${queue.slice(3)}`
    expect(await channel.declareQueue({ queue: split })).toBe(queue)
  })

  test('takes names beyond ASCII and with quotes', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = `${broker.queueName()} it's größer 兎`
    expect(await channel.declareQueue({ queue })).toBe(queue)
  })
})

describe('queue.declare passive', () => {
  test('of a queue that does not exist', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = broker.queueName()
    channel.send(QUEUE_DECLARE, { queue, passive: true })
    await channel.expectClose(404, `NOT_FOUND - no queue '${queue}' in vhost '/'`, QUEUE_DECLARE)
  })

  test('looks at nothing but the name', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = broker.queueName()
    await channel.declareQueue({ queue, exclusive: false })
    const other = { durable: true, autoDelete: true, arguments: { 'x-message-ttl': -1 } }
    await channel.declareQueue({ queue, passive: true, ...other })
  })

  test('without a name is not about the last queue', async ({ broker }) => {
    const channel = await broker.channel()
    await channel.declareQueue()
    channel.send(QUEUE_DECLARE, { passive: true })
    await channel.expectClose(404, "NOT_FOUND - no queue '' in vhost '/'", QUEUE_DECLARE)
  })
})

describe('a queue without a name', () => {
  test('is given one', async ({ broker }) => {
    const channel = await broker.channel()
    const [first, second] = [await channel.declareQueue(), await channel.declareQueue()]
    expect(first).toMatch(/^amq\.gen-[\w-]{22}$/)
    expect(second).not.toBe(first)
  })

  test('can be used without knowing it, even with nowait', async ({ broker }) => {
    const channel = await broker.channel()
    await channel
      .send(QUEUE_DECLARE, { exclusive: true, nowait: true })
      .send(BASIC_GET)
      .expect(BASIC_GET_EMPTY)
  })

  test('can be declared again passively, but not actively', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    await channel.declareQueue({ queue, passive: true })
    channel.send(QUEUE_DECLARE, { queue, exclusive: true })
    const text = `ACCESS_REFUSED - queue name '${queue}' contains reserved prefix 'amq.*'`
    await channel.expectClose(403, text, QUEUE_DECLARE)
  })
})

describe('the empty name means the queue last declared on the channel', () => {
  test('in every method', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    channel.publish({ routingKey: queue, body: 'a' })
    expect(await channel.get('')).toMatchObject({ body: 'a' })
    channel.publish({ routingKey: queue, body: 'b' })
    await channel.send(QUEUE_PURGE).expect(QUEUE_PURGE_OK)
    await channel.bind({ exchange: 'amq.direct', routingKey: 'key' })
    await channel
      .send(QUEUE_UNBIND, { exchange: 'amq.direct', routingKey: 'key' })
      .expect(QUEUE_UNBIND_OK)
    await channel.consume('')
    expect(await channel.counts(queue)).toMatchObject({ consumerCount: 1 })
    await channel.send(QUEUE_DELETE).expect(QUEUE_DELETE_OK)
  })

  test('after a passive declare too', async ({ broker }) => {
    const connection = await broker.connect()
    const queue = await (await connection.channel(1)).declareQueue()
    const channel = await connection.channel(2)
    await channel.send(QUEUE_DECLARE, { queue, passive: true }).expect(QUEUE_DECLARE_OK)
    await channel.send(BASIC_GET).expect(BASIC_GET_EMPTY)
  })

  test('even when that queue is gone', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    await channel.send(QUEUE_DELETE).expect(QUEUE_DELETE_OK)
    channel.send(BASIC_GET)
    await channel.expectClose(404, `NOT_FOUND - no queue '${queue}' in vhost '/'`, BASIC_GET)
  })

  test.for([
    ['queue.bind', QUEUE_BIND],
    ['queue.unbind', QUEUE_UNBIND],
    ['queue.purge', QUEUE_PURGE],
    ['queue.delete', QUEUE_DELETE],
    ['basic.consume', BASIC_CONSUME],
    ['basic.get', BASIC_GET],
  ] as const)('and nothing before that: %s', async ([, id], { broker }) => {
    const channel = await broker.channel()
    channel.send(id)
    await channel.expectClose(404, 'NOT_FOUND - no previously declared queue', id)
  })
})

describe('names that begin with amq.', () => {
  test.for(['amq.mine', 'amq.'])('are refused: %s', async (queue, { broker }) => {
    const channel = await broker.channel()
    channel.send(QUEUE_DECLARE, { queue })
    const text = `ACCESS_REFUSED - queue name '${queue}' contains reserved prefix 'amq.*'`
    await channel.expectClose(403, text, QUEUE_DECLARE)
  })

  test('may be asked for passively', async ({ broker }) => {
    const channel = await broker.channel()
    channel.send(QUEUE_DECLARE, { queue: 'amq.mine', passive: true })
    await channel.expectClose(404, "NOT_FOUND - no queue 'amq.mine' in vhost '/'", QUEUE_DECLARE)
  })
})

describe('queue.declare of a queue that is different', () => {
  const differences: [string, Declaration, Declaration, string][] = [
    ['durable', { durable: true }, {}, "received 'false' but current is 'true'"],
    ['durable', {}, { durable: true }, "received 'true' but current is 'false'"],
    ['auto_delete', { autoDelete: true }, {}, "received 'false' but current is 'true'"],
    ['durable', {}, { durable: true, autoDelete: true }, "received 'true' but current is 'false'"],
  ]
  test.for(differences)(
    'in %s: %o, then %o',
    async ([property, first, second, values], { broker }) => {
      const channel = await broker.channel()
      const queue = broker.queueName()
      await channel.declareQueue({ queue, exclusive: false, ...first })
      channel.send(QUEUE_DECLARE, { queue, ...second })
      const what = `inequivalent arg '${property}' for queue '${queue}' in vhost '/'`
      await channel.expectClose(406, `PRECONDITION_FAILED - ${what}: ${values}`, QUEUE_DECLARE)
    },
  )

  test.for([
    ['not exclusive, then exclusive', false],
    ['exclusive, then not', true],
  ] as const)('%s', async ([, exclusive], { broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue({ queue: broker.queueName(), exclusive })
    channel.send(QUEUE_DECLARE, { queue, exclusive: !exclusive, durable: true })
    await channel.expectClose(405, locked(queue), QUEUE_DECLARE)
  })

  test('is not noticed in the durability of an exclusive queue', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue({ queue: broker.queueName(), durable: true })
    await channel.declareQueue({ queue, durable: false })
  })
})

describe('an exclusive queue', () => {
  test.for([
    ['queue.declare passive', QUEUE_DECLARE, { passive: true }],
    ['queue.declare', QUEUE_DECLARE, { exclusive: true }],
    ['queue.bind', QUEUE_BIND, { exchange: 'amq.direct', routingKey: 'key' }],
    ['queue.purge', QUEUE_PURGE, {}],
    ['queue.delete', QUEUE_DELETE, {}],
    ['basic.consume', BASIC_CONSUME, {}],
    ['basic.get', BASIC_GET, {}],
  ] as const)('is locked for other connections: %s', async ([, id, fields], { broker }) => {
    const queue = await (await broker.channel()).declareQueue({ queue: broker.queueName() })
    const other = await broker.channel()
    other.send(id, { queue, ...fields })
    await other.expectClose(405, locked(queue), id)
  })

  test('takes messages from other connections', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    await channel.consume(queue)
    ;(await broker.channel()).publish({ routingKey: queue, body: 'from outside' })
    expect(await channel.bodies(1)).toEqual(['from outside'])
  })

  test('belongs to all channels of its connection', async ({ broker }) => {
    const connection = await broker.connect()
    const queue = await (await connection.channel(1)).declareQueue()
    const other = await connection.channel(2)
    await other.send(BASIC_GET, { queue }).expect(BASIC_GET_EMPTY)
  })

  test('survives the channel that declared it', async ({ broker }) => {
    const connection = await broker.connect()
    const channel = await connection.channel(1)
    const queue = await channel.declareQueue()
    await channel.send(CHANNEL_CLOSE, { replyCode: 200 }).expect(CHANNEL_CLOSE_OK)
    const other = await connection.channel(2)
    await other.send(BASIC_GET, { queue }).expect(BASIC_GET_EMPTY)
  })
})
