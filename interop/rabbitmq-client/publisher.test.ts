// rabbitmq-client's publishers: confirms, returns, retries.

import { type AsyncMessage, Connection, type ReturnedMessage } from 'rabbitmq-client'
import { afterAll, expect, test } from 'vitest'
import { startBroker } from '../support/broker.ts'
import { Inbox } from '../support/inbox.ts'
import { Scratch, unique } from '../support/scratch.ts'
import { openRabbit, ready } from './rabbit.ts'

const broker = await startBroker()
const scratch = new Scratch()
afterAll(async () => {
  await scratch.clear()
  await broker.close()
})

test('hundreds of concurrent sends are each confirmed', async () => {
  const { rabbit } = openRabbit(broker.url)
  const queue = scratch.queue('confirmed')
  const pub = rabbit.createPublisher({ confirm: true, queues: [{ queue, durable: true }] })
  const sends = Array.from({ length: 500 }, (_, i) =>
    pub.send({ routingKey: queue, durable: true }, { id: i }),
  )
  await Promise.all(sends)
  expect(await rabbit.queueDeclare({ queue, passive: true })).toMatchObject({ messageCount: 500 })
  await pub.close()
})

test('every property and header arrives as it was sent', async () => {
  const { rabbit } = openRabbit(broker.url)
  const queue = scratch.queue('properties')
  const received = new Inbox<AsyncMessage>()
  const sub = rabbit.createConsumer({ queue }, (message) => received.push(message))
  await ready(sub)
  const pub = rabbit.createPublisher({ confirm: true })
  const envelope = {
    routingKey: queue,
    durable: true,
    priority: 3,
    correlationId: 'c',
    replyTo: 'r',
    expiration: '100000',
    messageId: 'm',
    timestamp: 1_700_000_000,
    type: 't',
    userId: 'guest',
    appId: 'a',
    headers: {
      text: 'ü',
      number: 42,
      big: 2 ** 50,
      no: false,
      list: [1, ['x']],
      nested: { a: {} },
    },
  }
  const body = Buffer.from([0, 1, 2, 253, 254, 255])
  await pub.send({ ...envelope, contentType: 'application/x-own', contentEncoding: 'raw' }, body)
  const message = await received.next()
  expect(message).toMatchObject({
    ...envelope,
    contentType: 'application/x-own',
    contentEncoding: 'raw',
    exchange: '',
  })
  expect(body.equals(message.body)).toBe(true)
  await pub.close()
  await sub.close()
})

test('an unroutable mandatory message is returned to the publisher', async () => {
  const { rabbit } = openRabbit(broker.url)
  const returned = new Inbox<ReturnedMessage>()
  const pub = rabbit.createPublisher({ confirm: true })
  pub.on('basic.return', returned.push)
  const routingKey = unique('nowhere')
  await pub.send({ routingKey, mandatory: true, messageId: 'm-1' }, { lost: true })
  expect(await returned.next()).toMatchObject({
    replyCode: 312,
    replyText: 'NO_ROUTE',
    exchange: '',
    routingKey,
    messageId: 'm-1',
    body: { lost: true },
  })
  await pub.close()
})

test('a send to a missing exchange is retried on a new channel, then fails', async () => {
  const { rabbit } = openRabbit(broker.url)
  const exchange = unique('missing')
  const pub = rabbit.createPublisher({ confirm: true, maxAttempts: 3 })
  const retries: string[] = []
  pub.on('retry', (error) => retries.push(error.code))
  await expect(pub.send({ exchange, routingKey: 'key' }, 'lost')).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: `BasicPublish: NOT_FOUND - no exchange '${exchange}' in vhost '/'`,
  })
  expect(retries).toEqual(['NOT_FOUND', 'NOT_FOUND'])

  // The publisher is of use all the same.
  await pub.send({ exchange: 'amq.topic', routingKey: 'key' }, 'fine')
  await pub.close()
})

test('a publisher sets up queues, exchanges and both kinds of bindings first', async () => {
  const { rabbit } = openRabbit(broker.url)
  const [front, back] = [scratch.exchange('front'), scratch.exchange('back')]
  const queue = scratch.queue('end')
  const pub = rabbit.createPublisher({
    confirm: true,
    queues: [{ queue }],
    exchanges: [
      { exchange: front, type: 'topic' },
      { exchange: back, type: 'headers' },
    ],
    queueBindings: [{ queue, exchange: back, arguments: { 'x-match': 'any', urgent: true } }],
    exchangeBindings: [{ destination: back, source: front, routingKey: '#' }],
  })
  const to = { exchange: front, routingKey: 'a.b' }
  await pub.send({ ...to, headers: { urgent: true } }, 'quick')
  await pub.send({ ...to, headers: { urgent: false } }, 'slow')
  expect(await rabbit.basicGet({ queue, noAck: true })).toMatchObject({
    body: 'quick',
    exchange: front,
    messageCount: 0,
  })
  await pub.close()
  await rabbit.exchangeUnbind({ destination: back, source: front, routingKey: '#' })
  await rabbit.exchangeDelete({ exchange: back })
})

test('a body in frames of one size is read by a client that counts frames of another', async () => {
  // This client expects as many frames as the size of its own frames makes of a body: the broker
  // must cut bodies for the receiver and not pass on the sender's frames.
  const queue = scratch.queue('frames')
  for (const [sending, receiving] of [
    [4096, 8192],
    [8192, 4096],
    [131_072, 8192],
  ] as const) {
    const sender = openRabbit(broker.url, { frameMax: sending }).rabbit
    const receiver = openRabbit(broker.url, { frameMax: receiving }).rabbit
    const received = new Inbox<AsyncMessage>()
    const sub = receiver.createConsumer({ queue }, (message) => received.push(message))
    await ready(sub)
    const pub = sender.createPublisher({ confirm: true })
    for (const size of [receiving - 8, receiving - 7, sending - 8, sending - 7, 300_000]) {
      const body = Buffer.alloc(size, 'body ')
      await pub.send(queue, body)
      expect(body.equals((await received.next()).body)).toBe(true)
    }
    await pub.close()
    await sub.close()
  }
})

test('closing half of the socket right after connection.close is fine', async () => {
  // This client ends its side of the socket without awaiting close-ok.
  for (let i = 0; i < 20; i++) {
    const rabbit = new Connection({ url: broker.url })
    await rabbit.onConnect(5000)
    await rabbit.close()
  }
})
