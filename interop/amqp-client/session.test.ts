// The high-level API of @cloudamqp/amqp-client: queue and exchange handles of a session.

import {
  type AMQPMessage,
  AMQPSession,
  builtinCoders,
  builtinParsers,
} from '@cloudamqp/amqp-client'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../test/support/eventually.ts'
import { startBroker } from '../support/broker.ts'
import { Inbox } from '../support/inbox.ts'
import { Scratch, unique } from '../support/scratch.ts'
import { openSession } from './client.ts'

const broker = await startBroker()
const scratch = new Scratch()
afterAll(async () => {
  await scratch.clear()
  await broker.close()
})

test('the README: publish with confirms, subscribe with a callback and by iterating', async () => {
  const session = await openSession(broker.url)
  const queue = await session.queue(scratch.queue('my-queue'))
  await queue.publish('Hello World', { deliveryMode: 2 })
  const received = new Inbox<string | null>()
  const subscription = await queue.subscribe((message) => received.push(message.bodyString()))
  expect(await received.next()).toBe('Hello World')
  await subscription.cancel()

  for (const body of ['one', 'two', 'three']) await queue.publish(body)
  const iterated: (string | null)[] = []
  // An iterator acknowledges a message when the next one is there: one is not enough.
  const iterating = await queue.subscribe({ prefetch: 2 })
  for await (const message of iterating) {
    iterated.push(message.bodyString())
    if (iterated.length === 3) {
      await message.ack()
      break
    }
  }
  await iterating.cancel()
  expect(iterated).toEqual(['one', 'two', 'three'])
  expect(await queue.get()).toBeNull()
})

test('a handler that throws gets its message again, or never, as it was asked for', async () => {
  const session = await openSession(broker.url)
  const seen = new Inbox<string>()
  const handler = (message: AMQPMessage) => {
    seen.push(`${message.bodyString()} ${message.redelivered ? 'again' : 'first'}`)
    if (!message.redelivered) throw new Error('not today')
  }
  const retrying = await session.queue(scratch.queue('retrying'))
  await retrying.subscribe(handler)
  await retrying.publish('job')
  expect(await seen.take(2)).toEqual(['job first', 'job again'])

  const dropping = await session.queue(scratch.queue('dropping'))
  await dropping.subscribe({ requeueOnNack: false }, handler)
  await dropping.publish('job')
  await dropping.publish('next')
  expect(await seen.take(2)).toEqual(['job first', 'next first'])
})

test('messages can be acknowledged whenever the program wants', async () => {
  const session = await openSession(broker.url)
  const queue = await session.queue(scratch.queue('manual'))
  const inbox = new Inbox<AMQPMessage>()
  const subscription = await queue.subscribe({ manualAck: true, prefetch: 2 }, inbox.push)
  for (const body of ['a', 'b', 'c']) await queue.publish(body)
  const [a, b] = (await inbox.take(2)) as [AMQPMessage, AMQPMessage]
  await b.ack(true)
  const c = await inbox.next()
  expect([a, b, c].map((message) => message.bodyString())).toEqual(['a', 'b', 'c'])
  await c.ack()
  await subscription.cancel()
  expect(await queue.delete()).toEqual({ messageCount: 0 })
})

test('handles of all exchange types route by key and by headers', async () => {
  const session = await openSession(broker.url)
  const own = async () => session.queue('', { exclusive: true, autoDelete: false })
  const [direct, fanout, topic, headers] = await Promise.all([own(), own(), own(), own()])
  const exchanges = {
    direct: await session.directExchange(scratch.exchange('direct')),
    fanout: await session.fanoutExchange(scratch.exchange('fanout')),
    topic: await session.topicExchange(scratch.exchange('topic')),
    headers: await session.headersExchange(scratch.exchange('headers')),
  }
  await direct.bind(exchanges.direct, 'key')
  await fanout.bind(exchanges.fanout)
  await topic.bind(exchanges.topic, 'events.*.created')
  await headers.bind(exchanges.headers, '', { 'x-match': 'any', urgent: true })
  await exchanges.fanout.bind(exchanges.topic, '#')

  await exchanges.direct.publish('d', { routingKey: 'key' })
  await exchanges.topic.publish('t1', { routingKey: 'events.user.created' })
  await exchanges.topic.publish('t2', { routingKey: 'events.user.deleted' })
  await exchanges.headers.publish('h1', { headers: { urgent: true } })
  await exchanges.headers.publish('h2', { headers: { urgent: false } })

  const got = async (queue: typeof direct) => {
    const bodies: (string | null)[] = []
    for (let m = await queue.get(); m !== null; m = await queue.get()) bodies.push(m.bodyString())
    return bodies
  }
  expect([await got(direct), await got(fanout), await got(topic), await got(headers)]).toEqual([
    ['d'],
    ['t1', 't2'],
    ['t1'],
    ['h1'],
  ])
  await topic.unbind(exchanges.topic, 'events.*.created')
  await exchanges.topic.publish('t3', { routingKey: 'events.user.created' })
  expect(await got(topic)).toEqual([])
})

test('objects travel as compressed JSON', async () => {
  const session = await AMQPSession.connect(broker.url, {
    parsers: builtinParsers,
    coders: builtinCoders,
    defaultContentType: 'application/json',
    defaultContentEncoding: 'gzip',
  })
  onTestFinished(() => session.stop())
  const queue = await session.queue(scratch.queue('jobs'))
  const inbox = new Inbox<unknown>()
  await queue.subscribe((message) => {
    inbox.push([message.properties.contentEncoding, message.body])
  })
  await queue.publish({ task: 'resize' })
  await queue.publish('plain', { contentType: 'text/plain', contentEncoding: 'deflate' })
  expect(await inbox.take(2)).toEqual([
    ['gzip', { task: 'resize' }],
    ['deflate', 'plain'],
  ])
})

test('one message can be awaited, with a limit to patience', async () => {
  const session = await openSession(broker.url)
  const queue = await session.queue(scratch.queue('single'))
  const awaited = queue.consumeOne({ timeout: 5000 })
  await queue.publish('the one')
  await queue.publish('another')
  expect((await awaited).bodyString()).toBe('the one')
  // Nothing was lost to the prefetch of the consumer that had what it wanted.
  expect((await queue.get({ noAck: true }))?.bodyString()).toBe('another')
  await expect(queue.consumeOne({ timeout: 50 })).rejects.toThrow('timed out')
})

test('unroutable mandatory publishes come back to the session', async () => {
  const returned = new Inbox<AMQPMessage>()
  const session = await openSession(broker.url, { onreturn: returned.push })
  const exchange = await session.topicExchange()
  const routingKey = unique('nobody')
  await exchange.publish('lost', { routingKey, mandatory: true })
  expect(await returned.next()).toMatchObject({ replyCode: 312, exchange: 'amq.topic', routingKey })
})

test('a session survives the failures of its operations, side by side with others', async () => {
  const session = await openSession(broker.url)
  const missing = unique('missing')
  const outcomes = await Promise.allSettled([
    session.queue(missing, { passive: true }),
    session.queue(scratch.queue('fine')),
    session.exchange('amq.direct', 'fanout'),
    session.queue(scratch.queue('fine-too')),
  ])
  expect(outcomes.map((outcome) => outcome.status)).toEqual([
    'rejected',
    'fulfilled',
    'rejected',
    'fulfilled',
  ])
  expect(session.closed).toBe(false)
})

test('a queue with several subscriptions shares its messages among them', async () => {
  const session = await openSession(broker.url)
  const queue = await session.queue(scratch.queue('shared'))
  const shares = [0, 0, 0]
  await Promise.all(
    shares.map((_, i) =>
      queue.subscribe({ prefetch: 1 }, () => {
        shares[i] = (shares[i] ?? 0) + 1
      }),
    ),
  )
  await Promise.all(Array.from({ length: 60 }, (_, i) => queue.publish(`${i}`)))
  await eventually(() => expect(shares.reduce((sum, share) => sum + share)).toBe(60))
  expect(Math.min(...shares)).toBeGreaterThan(0)
})
