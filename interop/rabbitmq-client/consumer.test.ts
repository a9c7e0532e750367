// rabbitmq-client's consumers, which declare what they need and acknowledge by themselves.

import { type AsyncMessage, ConsumerStatus } from 'rabbitmq-client'
import { afterAll, expect, test } from 'vitest'
import { startBroker } from '../support/broker.ts'
import { Inbox } from '../support/inbox.ts'
import { Scratch } from '../support/scratch.ts'
import { openRabbit, ready } from './rabbit.ts'

const broker = await startBroker()
const scratch = new Scratch()
afterAll(async () => {
  await scratch.clear()
  await broker.close()
})

test('the README: a consumer and a publisher meet at a topic exchange', async () => {
  const { rabbit } = openRabbit(broker.url)
  const exchange = scratch.exchange('my-events')
  const queue = scratch.queue('user-events')
  const handled = new Inbox<AsyncMessage>()
  const sub = rabbit.createConsumer(
    {
      queue,
      queueOptions: { durable: true },
      qos: { prefetchCount: 2 },
      exchanges: [{ exchange, type: 'topic' }],
      queueBindings: [{ exchange, routingKey: 'users.*' }],
    },
    (message) => handled.push(message),
  )
  await ready(sub)
  const pub = rabbit.createPublisher({
    confirm: true,
    maxAttempts: 2,
    exchanges: [{ exchange, type: 'topic' }],
  })
  await pub.send({ exchange, routingKey: 'users.visit' }, { id: 1, name: 'Alan Turing' })
  await pub.send({ exchange, routingKey: 'orders.new' }, { id: 'not for us' })
  await pub.send(queue, 'straight to the queue')

  const [visit, direct] = await handled.take(2)
  expect(visit).toMatchObject({
    exchange,
    routingKey: 'users.visit',
    redelivered: false,
    contentType: 'application/json',
    durable: false,
    body: { id: 1, name: 'Alan Turing' },
  })
  expect(direct).toMatchObject({ exchange: '', contentType: 'text/plain' })
  expect(direct?.body).toBe('straight to the queue')
  await expect.poll(() => sub.stats.acknowledged).toBe(2)
  await pub.close()
  await sub.close()
  // Closed cleanly: everything was acknowledged before the channel went.
  expect(await rabbit.queueDeclare({ queue, passive: true })).toMatchObject({ messageCount: 0 })
})

test('a handler that throws drops the message, or requeues it where that was asked for', async () => {
  const { rabbit } = openRabbit(broker.url)
  const [dropping, requeueing] = [scratch.queue('dropping'), scratch.queue('requeueing')]
  const seen = new Inbox<string>()
  const fail = (message: AsyncMessage) => {
    seen.push(`${message.body} ${message.redelivered ? 'again' : 'first'}`)
    if (message.body === 'bad' && !message.redelivered) throw new Error('no good')
  }
  const errors: Error[] = []
  const consumers = [
    rabbit.createConsumer({ queue: dropping, requeue: false }, fail),
    rabbit.createConsumer({ queue: requeueing, requeue: true }, fail),
  ]
  for (const consumer of consumers) consumer.on('error', (error) => errors.push(error))
  await Promise.all(consumers.map(ready))
  const pub = rabbit.createPublisher({ confirm: true })

  await pub.send(dropping, 'bad')
  await pub.send(dropping, 'good')
  expect(await seen.take(2)).toEqual(['bad first', 'good first'])
  await pub.send(requeueing, 'bad')
  expect(await seen.take(2)).toEqual(['bad first', 'bad again'])
  expect(errors.map((error) => error.message)).toEqual(['no good', 'no good'])

  await pub.close()
  for (const consumer of consumers) await consumer.close()
  expect(consumers.map(({ stats }) => stats.dropped + stats.requeued)).toEqual([1, 1])
  for (const queue of [dropping, requeueing])
    expect(await rabbit.queueDelete(queue)).toEqual({ messageCount: 0 })
})

test('a handler may answer with a status instead', async () => {
  const { rabbit } = openRabbit(broker.url)
  const queue = scratch.queue('status')
  const seen = new Inbox<string>()
  const sub = rabbit.createConsumer({ queue }, (message) => {
    seen.push(`${message.body} ${message.redelivered}`)
    if (message.body === 'drop') return ConsumerStatus.DROP
    return message.redelivered ? ConsumerStatus.ACK : ConsumerStatus.REQUEUE
  })
  await ready(sub)
  const pub = rabbit.createPublisher({ confirm: true })
  await pub.send(queue, 'drop')
  await pub.send(queue, 'retry')
  expect(await seen.take(3)).toEqual(['drop false', 'retry false', 'retry true'])
  await pub.close()
  await sub.close()
  expect(sub.stats).toMatchObject({ acknowledged: 1, dropped: 1, requeued: 1 })
})

test('no more messages are in work than the concurrency allows, nor fetched than prefetch', async () => {
  const { rabbit } = openRabbit(broker.url)
  const queue = scratch.queue('busy')
  let working = 0
  let peak = 0
  const done = new Inbox<number>()
  const gate = new Inbox<void>()
  const sub = rabbit.createConsumer(
    { queue, concurrency: 2, qos: { prefetchCount: 4 } },
    async (message) => {
      peak = Math.max(peak, ++working)
      await gate.next()
      working--
      done.push(message.body)
    },
  )
  await ready(sub)
  const pub = rabbit.createPublisher({ confirm: true })
  for (let i = 0; i < 10; i++) await pub.send(queue, i)
  await expect.poll(() => sub.stats.prefetched).toBe(2)
  expect(await rabbit.queueDeclare({ queue, passive: true })).toMatchObject({ messageCount: 6 })
  for (let i = 0; i < 10; i++) gate.push()
  expect((await done.take(10)).toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(peak).toBe(2)
  await pub.close()
  await sub.close()
})

test('a lazy consumer consumes once it is started, and stops when closed', async () => {
  const { rabbit } = openRabbit(broker.url)
  const queue = scratch.queue('lazy')
  await rabbit.queueDeclare({ queue })
  const pub = rabbit.createPublisher({ confirm: true })
  await pub.send(queue, 'early')
  const handled = new Inbox<string>()
  const sub = rabbit.createConsumer({ queue, lazy: true }, (m) => handled.push(m.body))
  expect(await rabbit.queueDeclare({ queue })).toMatchObject({ messageCount: 1, consumerCount: 0 })

  sub.start()
  expect(await handled.next()).toBe('early')
  expect(sub.stats.initialMessageCount).toBe(1)
  await sub.close()
  await pub.send(queue, 'late')
  expect(await rabbit.queueDeclare({ queue })).toMatchObject({ messageCount: 1, consumerCount: 0 })
  await pub.close()
})

test('a consumer without a queue name gets a queue of its own', async () => {
  const { rabbit } = openRabbit(broker.url)
  const exchange = scratch.exchange('news')
  const handled = [new Inbox<string>(), new Inbox<string>()] as const
  const subs = handled.map((inbox) =>
    rabbit.createConsumer(
      {
        queueOptions: { exclusive: true },
        exchanges: [{ exchange, type: 'fanout', autoDelete: true }],
        queueBindings: [{ exchange }],
        noAck: true,
      },
      (message) => inbox.push(message.body),
    ),
  )
  await Promise.all(subs.map(ready))
  expect(subs[0]?.queue).toMatch(/^amq\.gen-/)
  expect(subs[0]?.queue).not.toBe(subs[1]?.queue)
  const pub = rabbit.createPublisher()
  await pub.send({ exchange }, 'to all')
  for (const inbox of handled) expect(await inbox.next()).toBe('to all')
  await pub.close()
  for (const sub of subs) await sub.close()
})

test('a consumer whose queue is deleted declares it anew and goes on', async () => {
  const { rabbit } = openRabbit(broker.url)
  const queue = scratch.queue('deleted')
  const handled = new Inbox<string>()
  const sub = rabbit.createConsumer({ queue }, (message) => handled.push(message.body))
  const errors = new Inbox<{ code: string }>()
  sub.on('error', errors.push)
  await ready(sub)
  const again = ready(sub)
  await rabbit.queueDelete(queue)
  expect(await errors.next()).toMatchObject({ code: 'CANCEL_FORCED' })
  await again
  const pub = rabbit.createPublisher({ confirm: true })
  await pub.send(queue, 'anew')
  expect(await handled.next()).toBe('anew')
  await pub.close()
  await sub.close()
})

test('a consumer that cannot be set up says why, and keeps trying', async () => {
  const { rabbit } = openRabbit(broker.url)
  const queue = scratch.queue('passive')
  const sub = rabbit.createConsumer({ queue, queueOptions: { passive: true } }, () => {})
  const errors = new Inbox<Error & { code: string }>()
  sub.on('error', errors.push)
  const error = await errors.next()
  expect(error.code).toBe('NOT_FOUND')
  expect(error.message).toContain(`NOT_FOUND - no queue '${queue}' in vhost '/'`)

  const working = ready(sub)
  await rabbit.queueDeclare({ queue })
  await working
  await sub.close()
})
