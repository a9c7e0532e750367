// Basic class: consume, deliver and cancel. Spec 1.8.3.3, 1.8.3.5; rabbitmq-errors rows 1, 45, 72 and section
// 3 point 8.

import {
  BASIC_ACK,
  BASIC_CANCEL,
  BASIC_CANCEL_OK,
  BASIC_CONSUME,
  BASIC_CONSUME_OK,
  BASIC_NACK,
  BASIC_QOS,
  BASIC_QOS_OK,
  BASIC_RECOVER,
  BASIC_RECOVER_OK,
  QUEUE_DELETE,
  QUEUE_DELETE_OK,
} from 'amqp-codec'
import { describe, expect } from 'vitest'
import { test } from '../support/raw-client-broker.ts'

describe('basic.consume', () => {
  test('is answered before the first delivery', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    await channel.publishAll(queue, ['1', '2']).get(queue)
    const { consumerTag } = await channel
      .send(BASIC_CONSUME, { queue, consumerTag: 'mine' })
      .expect(BASIC_CONSUME_OK)
    expect(consumerTag).toBe('mine')
    expect(await channel.deliveries(1)).toMatchObject([
      {
        consumerTag: 'mine',
        deliveryTag: 2,
        redelivered: false,
        exchange: '',
        routingKey: queue,
        body: '2',
      },
    ])
  })

  test('gives a tag to a consumer that has none', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    const [first, second] = [await channel.consume(queue), await channel.consume(queue)]
    expect(first).toMatch(/^amq\.ctag-[\w-]{22}$/)
    expect(second).not.toBe(first)
  })

  test('says nothing with nowait, not even the tag', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    channel.send(BASIC_CONSUME, { queue, nowait: true }).publish({ routingKey: queue })
    const [delivery] = await channel.deliveries(1)
    expect(delivery?.consumerTag).toMatch(/^amq\.ctag-/)
  })

  test('ignores no-local', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    await channel.consume(queue, { noLocal: true })
    expect(await channel.publish({ routingKey: queue, body: 'own' }).bodies(1)).toEqual(['own'])
  })

  test('without acknowledgement forgets what it delivered', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    const consumerTag = await channel.consume(queue, { noAck: true })
    expect(await channel.publishAll(queue, ['1', '2']).bodies(2)).toEqual(['1', '2'])
    await channel.send(BASIC_CANCEL, { consumerTag }).expect(BASIC_CANCEL_OK)
    await channel.send(BASIC_RECOVER, { requeue: true }).expect(BASIC_RECOVER_OK)
    expect(await channel.drain(queue)).toEqual([])
  })

  test('numbers deliveries over all consumers of the channel', async ({ broker }) => {
    const connection = await broker.connect()
    const channel = await connection.channel()
    const [one, two] = [await channel.declareQueue(), await channel.declareQueue()]
    await channel.consume(one)
    await channel.consume(two, { noAck: true })
    const tags: number[] = []
    for (const queue of [one, two, one, two]) {
      const [delivery] = await channel.publish({ routingKey: queue }).deliveries(1)
      tags.push(delivery?.deliveryTag ?? 0)
    }
    expect(tags).toEqual([1, 2, 3, 4])
  })

  test('shares a queue among its consumers in turn', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    for (const consumerTag of ['a', 'b', 'c']) await channel.consume(queue, { consumerTag })
    channel.publishAll(queue, ['1', '2', '3', '4', '5', '6'])
    const deliveries = await channel.deliveries(6)
    expect(deliveries.map(({ body }) => body)).toEqual(['1', '2', '3', '4', '5', '6'])
    const [first, second, third, ...others] = deliveries.map(({ consumerTag }) => consumerTag)
    expect([first, second, third].sort()).toEqual(['a', 'b', 'c'])
    expect(others).toEqual([first, second, third])
  })
})

describe('basic.consume is refused', () => {
  test('without its queue', async ({ broker }) => {
    const channel = await broker.channel()
    channel.send(BASIC_CONSUME, { queue: 'missing', nowait: true })
    await channel.expectClose(404, "NOT_FOUND - no queue 'missing' in vhost '/'", BASIC_CONSUME)
  })

  test('with a tag that is in use on the channel, whatever the queue', async ({ broker }) => {
    const connection = await broker.connect()
    const channel = await connection.channel()
    await channel.consume(await channel.declareQueue(), { consumerTag: 'mine' })
    channel.send(BASIC_CONSUME, { queue: 'missing', consumerTag: 'mine' })
    const text = "NOT_ALLOWED - attempt to reuse consumer tag 'mine'"
    await connection.expectClose(530, text, BASIC_CONSUME)
  })

  test('but not with a tag that is in use on another channel, or no longer', async ({ broker }) => {
    const connection = await broker.connect()
    const [channel, other] = [await connection.channel(1), await connection.channel(2)]
    const queue = await channel.declareQueue()
    await channel.consume(queue, { consumerTag: 'mine' })
    await other.consume(queue, { consumerTag: 'mine' })
    await channel.send(BASIC_CANCEL, { consumerTag: 'mine' }).expect(BASIC_CANCEL_OK)
    await channel.consume(queue, { consumerTag: 'mine' })
  })

  test.for([
    ['exclusive beside another', {}, { exclusive: true }],
    ['beside an exclusive one', { exclusive: true }, {}],
    ['exclusive beside an exclusive one', { exclusive: true }, { exclusive: true }],
  ] as const)('%s', async ([, first, second], { broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    await channel.consume(queue, first)
    channel.send(BASIC_CONSUME, { queue, ...second })
    const text = `ACCESS_REFUSED - queue '${queue}' in vhost '/' in exclusive use`
    await channel.expectClose(403, text, BASIC_CONSUME)
  })

  test('exclusive on a queue with a single active consumer', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue({ arguments: { 'x-single-active-consumer': true } })
    channel.send(BASIC_CONSUME, { queue, exclusive: true })
    const text = `ACCESS_REFUSED - queue '${queue}' in vhost '/' in exclusive use`
    await channel.expectClose(403, text, BASIC_CONSUME)
  })

  test.for([
    ['high', 'longstr'],
    [1.5, 'double'],
  ] as const)('with a priority that is no integer: %o', async ([priority, type], { broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    channel.send(BASIC_CONSUME, { queue, arguments: { 'x-priority': priority } })
    const what = `invalid arg 'x-priority' for queue '${queue}' in vhost '/'`
    const text = `PRECONDITION_FAILED - ${what}: "expected integer, got ${type}"`
    await channel.expectClose(406, text, BASIC_CONSUME)
  })
})

describe('an exclusive consumer', () => {
  test('makes room when it is cancelled', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    const consumerTag = await channel.consume(queue, { exclusive: true })
    await channel.send(BASIC_CANCEL, { consumerTag }).expect(BASIC_CANCEL_OK)
    await channel.consume(queue, { exclusive: true })
  })
})

describe('a consumer priority', () => {
  test('lets the highest consumer have all that it can take', async ({ broker }) => {
    const connection = await broker.connect()
    const [channel, publisher] = [await connection.channel(1), await connection.channel(2)]
    const queue = await channel.declareQueue()
    await channel.send(BASIC_QOS, { prefetchCount: 2 }).expect(BASIC_QOS_OK)
    const consume = (consumerTag: string, priority?: number) =>
      channel.consume(queue, { consumerTag, arguments: { 'x-priority': priority } })
    await consume('none')
    await consume('low', -1)
    await consume('high', 10)
    publisher.publishAll(queue, ['1', '2', '3', '4', '5', '6'])
    const tags = (await channel.deliveries(6)).map(({ consumerTag }) => consumerTag)
    expect(tags).toEqual(['high', 'high', 'none', 'none', 'low', 'low'])
  })
})

describe('basic.cancel', () => {
  test('stops deliveries and says so', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    await channel.consume(queue, { consumerTag: 'mine' })
    const { consumerTag } = await channel
      .send(BASIC_CANCEL, { consumerTag: 'mine' })
      .expect(BASIC_CANCEL_OK)
    expect(consumerTag).toBe('mine')
    channel.publish({ routingKey: queue, body: 'stays' })
    expect(await channel.drain(queue)).toEqual(['stays'])
  })

  test('of a consumer that does not exist is fine', async ({ broker }) => {
    const channel = await broker.channel()
    const { consumerTag } = await channel
      .send(BASIC_CANCEL, { consumerTag: 'nobody' })
      .expect(BASIC_CANCEL_OK)
    expect(consumerTag).toBe('nobody')
  })

  test('says nothing with nowait', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    const consumerTag = await channel.consume(queue)
    await channel.send(BASIC_CANCEL, { consumerTag, nowait: true }).expectNothing()
    await channel.send(BASIC_CANCEL, { consumerTag: 'nobody', nowait: true }).expectNothing()
    channel.publish({ routingKey: queue, body: 'stays' })
    expect(await channel.drain(queue)).toEqual(['stays'])
  })

  test('leaves what was delivered unacknowledged', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    const consumerTag = await channel.consume(queue)
    await channel.publishAll(queue, ['1', '2']).deliveries(2)
    await channel.send(BASIC_CANCEL, { consumerTag }).expect(BASIC_CANCEL_OK)
    expect(await channel.drain(queue)).toEqual([])
    channel.send(BASIC_ACK, { deliveryTag: 1 }).send(BASIC_NACK, { deliveryTag: 2, requeue: true })
    expect(await channel.get(queue)).toMatchObject({ body: '2', redelivered: true })
  })
})

describe('a queue that goes away', () => {
  test('cancels its consumers', async ({ broker }) => {
    const connection = await broker.connect()
    const [channel, other] = [await connection.channel(1), await connection.channel(2)]
    const queue = await channel.declareQueue()
    await channel.consume(queue, { consumerTag: 'mine' })
    await other.consume(queue, { consumerTag: 'theirs' })
    await channel.send(QUEUE_DELETE, { queue }).expect(QUEUE_DELETE_OK)
    const mine = await channel.expect(BASIC_CANCEL)
    const theirs = await other.expect(BASIC_CANCEL)
    expect(mine).toMatchObject({ consumerTag: 'mine', nowait: true })
    expect(theirs).toMatchObject({ consumerTag: 'theirs', nowait: true })
  })

  test('frees the tags of its consumers', async ({ broker }) => {
    const channel = await broker.channel()
    const [queue, next] = [await channel.declareQueue(), await channel.declareQueue()]
    await channel.consume(queue, { consumerTag: 'mine' })
    await channel.send(QUEUE_DELETE, { queue }).expect(QUEUE_DELETE_OK)
    await channel.expect(BASIC_CANCEL)
    await channel.consume(next, { consumerTag: 'mine' })
  })

  test('does not tell a client that cannot take it', async ({ broker }) => {
    const channel = await broker.channel({ capabilities: { consumer_cancel_notify: false } })
    const queue = await channel.declareQueue()
    await channel.consume(queue)
    await channel.send(QUEUE_DELETE, { queue }).expect(QUEUE_DELETE_OK)
    await channel.expectNothing()
  })
})
