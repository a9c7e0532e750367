// What services do with amqp-connection-manager while all is well: set a channel up once, publish
// JSON, consume, change the set-up later.

import type { ConfirmChannel, ConsumeMessage } from 'amqplib'
import { afterAll, expect, test } from 'vitest'
import { startBroker } from '../support/broker.ts'
import { Inbox } from '../support/inbox.ts'
import { Scratch, unique } from '../support/scratch.ts'
import { manage } from './manager.ts'

const broker = await startBroker()
const scratch = new Scratch()
afterAll(async () => {
  await scratch.clear()
  await broker.close()
})

test('a message published before there is a connection is sent when there is one', async () => {
  const queue = scratch.queue('early')
  const manager = manage(broker.url)
  const channel = manager.createChannel({
    json: true,
    setup: (raw: ConfirmChannel) => raw.assertQueue(queue, { durable: true }),
  })
  expect(manager.isConnected()).toBe(false)
  const sent = channel.sendToQueue(queue, { hello: 'world' }, { persistent: true })
  expect(channel.queueLength()).toBe(1)

  expect(await sent).toBe(true)
  expect(channel.queueLength()).toBe(0)
  const message = await channel.get(queue, { noAck: true })
  expect(message && JSON.parse(message.content.toString())).toEqual({ hello: 'world' })
})

test('a service publishes events and another consumes them with a prefetch', async () => {
  const exchange = scratch.exchange('events')
  const queue = scratch.queue('audit')
  const manager = manage(broker.url)
  const publisher = manager.createChannel({
    name: 'publisher',
    json: true,
    setup: (raw: ConfirmChannel) => raw.assertExchange(exchange, 'topic', { durable: false }),
  })
  const consumer = manager.createChannel({
    name: 'consumer',
    confirm: false,
    setup: async (raw: ConfirmChannel) => {
      await raw.assertExchange(exchange, 'topic', { durable: false })
      await raw.assertQueue(queue, { durable: false })
      await raw.prefetch(1)
      await raw.bindQueue(queue, exchange, 'user.*')
    },
  })
  await Promise.all([publisher.waitForConnect(), consumer.waitForConnect()])
  const handled = new Inbox<unknown>()
  await consumer.consume(queue, (message) => {
    handled.push(JSON.parse(message.content.toString()))
    consumer.ack(message)
  })
  const events = Array.from({ length: 50 }, (_, i) => ({ id: i }))
  await Promise.all(events.map((event) => publisher.publish(exchange, 'user.created', event)))
  await publisher.publish(exchange, 'order.created', { id: 'not for us' })
  expect(await handled.take(50)).toEqual(events)
  expect(handled.waiting).toEqual([])
})

test('a set-up added later runs at once, and its teardown when it is removed', async () => {
  const queue = scratch.queue('added')
  const manager = manage(broker.url)
  const channel = manager.createChannel()
  await channel.waitForConnect()
  const inbox = new Inbox<string>()
  let consumerTag = ''
  const setup = async (raw: ConfirmChannel) => {
    await raw.assertQueue(queue)
    const handle = (message: ConsumeMessage | null) => inbox.push(message?.content.toString() ?? '')
    consumerTag = (await raw.consume(queue, handle, { noAck: true })).consumerTag
  }
  await channel.addSetup(setup)
  await channel.sendToQueue(queue, 'while set up')
  expect(await inbox.next()).toBe('while set up')

  await channel.removeSetup(setup, async (raw: ConfirmChannel) => {
    await raw.cancel(consumerTag)
  })
  await channel.sendToQueue(queue, 'afterwards')
  expect((await channel.checkQueue(queue)).messageCount).toBe(1)
  expect(inbox.waiting).toEqual([])
})

test('a cancelled consumer gets nothing more while the others go on', async () => {
  const queues = [scratch.queue('one'), scratch.queue('two')] as const
  const channel = manage(broker.url).createChannel({
    setup: async (raw: ConfirmChannel) => {
      for (const queue of queues) await raw.assertQueue(queue)
    },
  })
  await channel.waitForConnect()
  const inboxes = [new Inbox<string>(), new Inbox<string>()] as const
  const tags: string[] = []
  for (const [i, queue] of queues.entries()) {
    const handle = (message: ConsumeMessage) => inboxes[i]?.push(message.content.toString())
    tags.push((await channel.consume(queue, handle, { noAck: true })).consumerTag)
  }
  await channel.cancel(tags[0] as string)
  for (const queue of queues) await channel.sendToQueue(queue, 'hello')
  expect(await inboxes[1].next()).toBe('hello')
  expect(await channel.checkQueue(queues[0])).toMatchObject({ messageCount: 1, consumerCount: 0 })

  await channel.cancelAll()
  expect(await channel.checkQueue(queues[1])).toMatchObject({ consumerCount: 0 })
})

test('messages that were nacked come back, or do not, as the wrapper was told', async () => {
  const queue = scratch.queue('nacked')
  const channel = manage(broker.url).createChannel({
    json: true,
    setup: (raw: ConfirmChannel) => raw.assertQueue(queue),
  })
  await channel.waitForConnect()
  const attempts = new Inbox<{ body: string; redelivered: boolean }>()
  await channel.consume(queue, (message) => {
    const body = JSON.parse(message.content.toString()) as string
    const { redelivered } = message.fields
    attempts.push({ body, redelivered })
    if (body === 'poison') channel.nack(message, false, false)
    else if (redelivered) channel.ack(message)
    else channel.nack(message, false, true)
  })
  await channel.sendToQueue(queue, 'poison')
  await channel.sendToQueue(queue, 'flaky')
  expect(await attempts.take(3)).toEqual([
    { body: 'poison', redelivered: false },
    { body: 'flaky', redelivered: false },
    { body: 'flaky', redelivered: true },
  ])
})

test('a wrapper declares, binds, purges and deletes on its own account', async () => {
  const [source, target] = [scratch.exchange('source'), scratch.exchange('target')]
  const queue = scratch.queue('managed')
  const channel = manage(broker.url).createChannel()
  await channel.waitForConnect()
  await channel.assertExchange(source, 'fanout', { durable: false })
  await channel.assertExchange(target, 'direct', { durable: false })
  await channel.bindExchange(target, source, '')
  expect(await channel.assertQueue(queue)).toMatchObject({ queue, messageCount: 0 })
  await channel.bindQueue(queue, target, 'key')
  await channel.publish(source, 'key', 'one')
  await channel.publish(source, 'other', 'none')
  expect(await channel.purgeQueue(queue)).toEqual({ messageCount: 1 })

  await channel.unbindExchange(target, source, '')
  await channel.publish(source, 'key', 'two')
  await channel.unbindQueue(queue, target, 'key')
  expect(await channel.deleteQueue(queue)).toEqual({ messageCount: 0 })
  await channel.deleteExchange(source)
  await channel.deleteExchange(target)
})

test('a set-up that fails is reported as an error of the wrapper', async () => {
  const queue = unique('missing')
  const manager = manage(broker.url)
  const channel = manager.createChannel({
    name: 'hopeful',
    setup: async (raw: ConfirmChannel) => {
      raw.on('error', () => {})
      await raw.checkQueue(queue)
    },
  })
  const failure = new Promise<[Error & { code: number }, { name: string }]>((resolve) =>
    channel.once('error', (error, info) => resolve([error as never, info])),
  )
  const [error, info] = await failure
  expect(error.message).toContain(`NOT_FOUND - no queue '${queue}' in vhost '/'`)
  expect(info).toEqual({ name: 'hopeful' })
  // The connection is none the worse for it.
  expect(manager.isConnected()).toBe(true)
})

test('what is still unsent when a wrapper closes is rejected', async () => {
  const manager = manage('amqp://127.0.0.1:9')
  const channel = manager.createChannel()
  const sent = channel.sendToQueue('anywhere', 'never')
  const outcome = expect(sent).rejects.toThrow('Channel closed')
  await channel.close()
  await outcome
  expect(manager.channelCount).toBe(0)
})
