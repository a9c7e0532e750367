// The seven RabbitMQ tutorials for JavaScript, promise API: each program does what the tutorial's
// program does, sender and receiver on connections of their own.

import { randomUUID } from 'node:crypto'
import type { ConfirmChannel, ConsumeMessage } from 'amqplib'
import { afterAll, expect, test } from 'vitest'
import { startBroker } from '../support/broker.ts'
import { Inbox } from '../support/inbox.ts'
import { Scratch } from '../support/scratch.ts'
import { consumeInto, openChannel, openConnection, texts } from './session.ts'

const broker = await startBroker()
const scratch = new Scratch()
afterAll(async () => {
  await scratch.clear()
  await broker.close()
})

test('tutorial 1: send.js leaves a greeting that receive.js prints', async () => {
  const queue = scratch.queue('hello')

  const sender = await openConnection(broker.url)
  const sending = await sender.createChannel()
  await sending.assertQueue(queue, { durable: false })
  sending.sendToQueue(queue, Buffer.from('Hello World!'))
  await sending.close()
  await sender.close()

  const receiving = await openChannel(broker.url)
  await receiving.assertQueue(queue, { durable: false })
  const { inbox } = await consumeInto(receiving, queue, { noAck: true })
  expect(texts([await inbox.next()])).toEqual(['Hello World!'])
})

test('tutorial 2: tasks go to the worker that is free, and a task outlives its worker', async () => {
  const queue = scratch.queue('task_queue')
  const worker = async () => {
    const connection = await openConnection(broker.url)
    const channel = await connection.createChannel()
    await channel.assertQueue(queue, { durable: true })
    await channel.prefetch(1)
    return { connection, channel, ...(await consumeInto(channel, queue, { noAck: false })) }
  }
  const slow = await worker()
  const quick = await worker()

  const boss = await openChannel(broker.url)
  await boss.assertQueue(queue, { durable: true })
  const tasks = ['First task......', 'Second.', 'Third.', 'Fourth.', 'Fifth.']
  for (const task of tasks) boss.sendToQueue(queue, Buffer.from(task), { persistent: true })

  const held = (await slow.inbox.next()) as ConsumeMessage
  const done: string[] = []
  for (let i = 0; i < 4; i++) {
    const task = (await quick.inbox.next()) as ConsumeMessage
    done.push(task.content.toString())
    quick.channel.ack(task)
  }
  expect(held.content.toString()).toBe('First task......')
  expect(done).toEqual(tasks.slice(1))

  await slow.connection.close()
  const again = (await quick.inbox.next()) as ConsumeMessage
  expect(again.content.toString()).toBe('First task......')
  expect(again.fields.redelivered).toBe(true)
  quick.channel.ack(again)
})

test('tutorial 3: every receive_logs.js that runs gets each log line, a later one none', async () => {
  const exchange = scratch.exchange('logs')
  const receiveLogs = async () => {
    const channel = await openChannel(broker.url)
    await channel.assertExchange(exchange, 'fanout', { durable: false })
    const { queue } = await channel.assertQueue('', { exclusive: true })
    await channel.bindQueue(queue, exchange, '')
    return (await consumeInto(channel, queue, { noAck: true })).inbox
  }
  const disk = await receiveLogs()
  const screen = await receiveLogs()

  const emitter = await openChannel(broker.url)
  await emitter.assertExchange(exchange, 'fanout', { durable: false })
  emitter.publish(exchange, '', Buffer.from('info: it works'))
  expect(texts(await disk.take(1))).toEqual(['info: it works'])
  expect(texts(await screen.take(1))).toEqual(['info: it works'])

  const late = await receiveLogs()
  emitter.publish(exchange, '', Buffer.from('info: again'))
  expect(texts(await late.take(1))).toEqual(['info: again'])
})

test('tutorial 4: a log receiver gets the severities that it asked for', async () => {
  const exchange = scratch.exchange('direct_logs')
  const receiveLogs = async (...severities: string[]) => {
    const channel = await openChannel(broker.url)
    await channel.assertExchange(exchange, 'direct', { durable: false })
    const { queue } = await channel.assertQueue('', { exclusive: true })
    for (const severity of severities) await channel.bindQueue(queue, exchange, severity)
    return (await consumeInto(channel, queue, { noAck: true })).inbox
  }
  const toFile = await receiveLogs('warning', 'error')
  const toScreen = await receiveLogs('info', 'warning', 'error')

  const emitter = await openChannel(broker.url)
  for (const severity of ['debug', 'info', 'warning', 'error'])
    emitter.publish(exchange, severity, Buffer.from(`a line of ${severity}`))

  const keys = (messages: (ConsumeMessage | null)[]) => messages.map((m) => m?.fields.routingKey)
  expect(keys(await toFile.take(2))).toEqual(['warning', 'error'])
  expect(keys(await toScreen.take(3))).toEqual(['info', 'warning', 'error'])
})

test('tutorial 5: topic patterns choose log lines by facility and severity', async () => {
  const exchange = scratch.exchange('topic_logs')
  const receiveLogs = async (...patterns: string[]) => {
    const channel = await openChannel(broker.url)
    await channel.assertExchange(exchange, 'topic', { durable: false })
    const { queue } = await channel.assertQueue('', { exclusive: true })
    for (const pattern of patterns) await channel.bindQueue(queue, exchange, pattern)
    return (await consumeInto(channel, queue, { noAck: true })).inbox
  }
  const receivers = {
    all: await receiveLogs('#'),
    kernel: await receiveLogs('kern.*'),
    critical: await receiveLogs('*.critical'),
    both: await receiveLogs('kern.*', '*.critical'),
    deep: await receiveLogs('audit.#.denied'),
  }
  const keys = ['kern.info', 'kern.critical', 'cron.critical', 'audit.denied', 'audit.a.b.denied']
  const emitter = await openChannel(broker.url)
  for (const key of keys) emitter.publish(exchange, key, Buffer.from(key))

  expect(texts(await receivers.all.take(5))).toEqual(keys)
  expect(texts(await receivers.kernel.take(2))).toEqual(['kern.info', 'kern.critical'])
  expect(texts(await receivers.critical.take(2))).toEqual(['kern.critical', 'cron.critical'])
  // Both patterns match kern.critical: one copy all the same.
  expect(texts(await receivers.both.take(3))).toEqual(keys.slice(0, 3))
  expect(texts(await receivers.deep.take(2))).toEqual(['audit.denied', 'audit.a.b.denied'])
})

test('tutorial 6: RPC clients get the answers to their own questions', async () => {
  const queue = scratch.queue('rpc_queue')
  const fibonacci = (n: number): number => (n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2))

  const server = await openChannel(broker.url)
  await server.assertQueue(queue, { durable: false })
  await server.prefetch(1)
  await server.consume(queue, (request) => {
    if (request === null) return
    const answer = fibonacci(Number(request.content.toString()))
    server.sendToQueue(request.properties.replyTo, Buffer.from(String(answer)), {
      correlationId: request.properties.correlationId,
    })
    server.ack(request)
  })

  const ask = async (n: number): Promise<string> => {
    const client = await openChannel(broker.url)
    const { queue: replies } = await client.assertQueue('', { exclusive: true })
    const { inbox } = await consumeInto(client, replies, { noAck: true })
    const correlationId = randomUUID()
    const body = Buffer.from(String(n))
    client.sendToQueue(queue, body, { correlationId, replyTo: replies })
    const reply = await inbox.next()
    expect(reply?.properties.correlationId).toBe(correlationId)
    return reply?.content.toString() ?? ''
  }
  expect(await Promise.all([5, 10, 15, 20].map(ask))).toEqual(['5', '55', '610', '6765'])
})

test('tutorial 7: publishes are confirmed one by one, in batches and as they come', async () => {
  const connection = await openConnection(broker.url)
  const channel: ConfirmChannel = await connection.createConfirmChannel()
  const { queue } = await channel.assertQueue('', { exclusive: true })
  const count = 300

  for (let i = 0; i < count; i++) {
    channel.sendToQueue(queue, Buffer.from(`one ${i}`))
    await channel.waitForConfirms()
  }

  for (let i = 0; i < count; i++) {
    channel.sendToQueue(queue, Buffer.from(`batch ${i}`))
    if (i % 100 === 99) await channel.waitForConfirms()
  }

  const outstanding = new Map<number, string>()
  const confirmed = new Inbox<string>()
  for (let i = 0; i < count; i++) {
    outstanding.set(i, `async ${i}`)
    channel.publish('', queue, Buffer.from(`async ${i}`), {}, (error) => {
      if (error) throw error
      confirmed.push(outstanding.get(i) as string)
      outstanding.delete(i)
    })
  }
  await confirmed.take(count)
  expect(outstanding.size).toBe(0)

  const { messageCount } = await channel.checkQueue(queue)
  expect(messageCount).toBe(3 * count)
})
