// rascal as its users configure it: publications and subscriptions by name.

import type { Message } from 'amqplib'
import { afterAll, expect, test } from 'vitest'
import { startBroker } from '../support/broker.ts'
import { Inbox } from '../support/inbox.ts'
import { openRascal, publish, readyCount, subscribe } from './session.ts'

const broker = await startBroker()
afterAll(() => broker.close())

const demo = {
  exchanges: ['demo_ex'],
  queues: ['demo_q'],
  bindings: ['demo_ex[a.b.c] -> demo_q'],
  publications: { demo_pub: { exchange: 'demo_ex', routingKey: 'a.b.c' } },
  subscriptions: { demo_sub: { queue: 'demo_q', prefetch: 3 } },
}

test('the README: text, objects and buffers arrive as what they were', async () => {
  const { rascalBroker } = await openRascal(broker.url, demo)
  const { inbox } = await subscribe(rascalBroker, 'demo_sub')
  const payloads = ['Hello World!', { greeting: ['hello', 'world'] }, Buffer.from([1, 2, 255])]
  const types = ['text/plain', 'application/json', undefined]
  for (const [i, payload] of payloads.entries()) {
    const messageId = await publish(rascalBroker, 'demo_pub', payload)
    const { message, content, ackOrNack } = await inbox.next()
    expect(content).toEqual(payload)
    expect(message.properties).toMatchObject({ messageId, contentType: types[i], deliveryMode: 2 })
    ackOrNack()
  }
})

test('a routing key and options can be given when publishing', async () => {
  const { rascalBroker } = await openRascal(broker.url, {
    exchanges: ['e'],
    queues: ['q'],
    bindings: ['e[orders.*] -> q'],
  })
  // Publications and subscriptions without configuration, by the names rascal makes up.
  const { inbox } = await subscribe(rascalBroker, '/q')
  await publish(rascalBroker, '/e', 'by key', 'orders.new')
  await publish(rascalBroker, '/e', 'by options', {
    routingKey: 'orders.old',
    options: { messageId: 'm-1', expiration: 60_000, headers: { tenant: 7 }, priority: 3 },
  })
  await publish(rascalBroker, '/q', 'straight to the queue')
  const deliveries = await inbox.take(3)
  for (const { ackOrNack } of deliveries) ackOrNack()
  const [first, second, third] = deliveries.map(({ message }) => message)
  expect(first?.fields.routingKey).toBe('orders.new')
  expect(second?.properties).toMatchObject({ messageId: 'm-1', expiration: '60000', priority: 3 })
  expect(second?.properties.headers).toMatchObject({ tenant: 7 })
  expect(third?.fields).toMatchObject({
    exchange: '',
    routingKey: rascalBroker.getFullyQualifiedName('/', 'q'),
  })
})

test('a message that has no queue is returned', async () => {
  const { rascalBroker } = await openRascal(broker.url, demo)
  const publication = await rascalBroker.publish('demo_pub', 'lost', 'no.such.key')
  const returned = new Inbox<Message>()
  publication.on('return', returned.push)
  const { fields, properties, content } = await returned.next()
  expect(fields).toMatchObject({ replyCode: 312, replyText: 'NO_ROUTE', routingKey: 'no.such.key' })
  expect(properties.contentType).toBe('text/plain')
  expect(content.toString()).toBe('lost')
})

test('publications without confirms are as good as long as nothing goes wrong', async () => {
  const { rascalBroker } = await openRascal(broker.url, {
    ...demo,
    publications: { quick: { exchange: 'demo_ex', routingKey: 'a.b.c', confirm: false } },
  })
  const { inbox } = await subscribe(rascalBroker, 'demo_sub', { options: { noAck: true } })
  await Promise.all(Array.from({ length: 100 }, (_, i) => publish(rascalBroker, 'quick', { i })))
  const contents = (await inbox.take(100)).map(({ content }) => (content as { i: number }).i)
  expect(contents.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i))
})

test('more publishes than the channel pool has channels wait for one another', async () => {
  const { rascalBroker } = await openRascal(broker.url, {
    ...demo,
    publicationChannelPools: { confirmPool: { max: 2, min: 1, autostart: true } },
  })
  const { inbox } = await subscribe(rascalBroker, 'demo_sub', { prefetch: 500 })
  const ids = await Promise.all(
    Array.from({ length: 200 }, (_, i) => publish(rascalBroker, 'demo_pub', i)),
  )
  expect(new Set(ids).size).toBe(200)
  for (const { ackOrNack } of await inbox.take(200)) ackOrNack()
})

test('what was encrypted by the publication is decrypted by the subscription', async () => {
  const key = 'f81db52a3b2c717fe65d9a3b7dd04d2a08793e1a28e3083db3ea08db56e7c315'
  const { rascalBroker } = await openRascal(
    broker.url,
    {
      ...demo,
      publications: {
        secret_pub: { exchange: 'demo_ex', routingKey: 'a.b.c', encryption: 'v1' },
      },
    },
    { encryption: { v1: { key, ivLength: 16, algorithm: 'aes-256-cbc' } } },
  )
  const { inbox } = await subscribe(rascalBroker, 'demo_sub')
  await publish(rascalBroker, 'secret_pub', { card: '4111' })
  const { message, content, ackOrNack } = await inbox.next()
  expect(content).toEqual({ card: '4111' })
  expect(message.properties.contentType).toBe('application/octet-stream')
  expect(message.content.toString()).not.toContain('4111')
  ackOrNack()
})

test('a prefetch is kept, and one for the channel can be changed on the way', async () => {
  const { rascalBroker } = await openRascal(broker.url, demo)
  for (let i = 0; i < 10; i++) await publish(rascalBroker, 'demo_pub', i)
  const { subscription, inbox } = await subscribe(rascalBroker, 'demo_sub', {
    prefetch: 0,
    channelPrefetch: 2,
  })
  const held = await inbox.take(2)
  expect(await readyCount(rascalBroker, 'demo_q')).toBe(8)

  await subscription.setChannelPrefetch(5)
  held.push(...(await inbox.take(3)))
  expect(await readyCount(rascalBroker, 'demo_q')).toBe(5)
  for (const { ackOrNack } of held) ackOrNack()
})

test('a request is answered to the reply queue of the instance that asked', async () => {
  const { rascalBroker } = await openRascal(broker.url, {
    exchanges: ['questions'],
    queues: {
      asked: {},
      answers: { replyTo: true, options: { durable: false, autoDelete: true } },
    },
    bindings: ['questions -> asked'],
    publications: {
      ask: { exchange: 'questions', routingKey: 'q', replyTo: 'answers' },
      answer: { exchange: '' },
    },
  })
  const service = await rascalBroker.subscribe('/asked')
  service.on('message', (message, content, ackOrNack) => {
    const { replyTo, correlationId } = message.properties
    const overrides = { routingKey: replyTo, options: { correlationId } }
    const answered = publish(rascalBroker, 'answer', `re: ${String(content)}`, overrides)
    answered.then(() => ackOrNack(), ackOrNack)
  })
  const { inbox } = await subscribe(rascalBroker, '/answers')
  await publish(rascalBroker, 'ask', 'well?', { options: { correlationId: 'c-1' } })
  const { message, content, ackOrNack } = await inbox.next()
  expect(content).toBe('re: well?')
  expect(message.properties.correlationId).toBe('c-1')
  ackOrNack()
})

test('every subscription can be started at once, without those that rascal made up', async () => {
  const { rascalBroker } = await openRascal(broker.url, {
    queues: ['one', 'two'],
    subscriptions: { s1: { queue: 'one' }, s2: { queue: 'two' } },
  })
  const subscriptions = await rascalBroker.subscribeAll((config) => !config.autoCreated)
  expect(subscriptions).toHaveLength(2)
  const inbox = new Inbox<unknown>()
  for (const subscription of subscriptions) {
    subscription.on('message', (_message, content, ackOrNack) => {
      inbox.push(content)
      ackOrNack()
    })
  }
  await publish(rascalBroker, '/one', 'first')
  await publish(rascalBroker, '/two', 'second')
  expect((await inbox.take(2)).toSorted()).toEqual(['first', 'second'])
})
