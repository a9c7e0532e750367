// Confirm channels and mandatory publishes: what a publisher may rely on.

import type { Message } from 'amqplib'
import { afterAll, expect, test } from 'vitest'
import { startBroker } from '../support/broker.ts'
import { Inbox } from '../support/inbox.ts'
import { Scratch, unique } from '../support/scratch.ts'
import {
  channelError,
  consumeInto,
  openChannel,
  openConfirmChannel,
  openConnection,
} from './session.ts'

const broker = await startBroker()
const scratch = new Scratch()
afterAll(async () => {
  await scratch.clear()
  await broker.close()
})

test('every publish is confirmed once, persistent or not, routed or not', async () => {
  const channel = await openConfirmChannel(broker.url)
  const durable = scratch.queue('durable')
  await channel.assertQueue(durable)
  const outcomes = new Inbox<unknown>()
  const note = (error: unknown) => outcomes.push(error)
  for (let i = 0; i < 500; i++) {
    channel.sendToQueue(durable, Buffer.from('kept'), { persistent: true }, note)
    channel.sendToQueue(durable, Buffer.from('light'), { persistent: false }, note)
    channel.publish('amq.direct', 'bound-by-nobody', Buffer.from('lost'), {}, note)
  }
  await channel.waitForConfirms()
  expect(new Set(await outcomes.take(1500))).toEqual(new Set([null]))
  expect((await channel.checkQueue(durable)).messageCount).toBe(1000)
})

test('an unroutable mandatory message comes back whole, and then its confirm', async () => {
  const channel = await openConfirmChannel(broker.url)
  const events: string[] = []
  const returns = new Inbox<Message>()
  channel.on('return', (message: Message) => {
    events.push('return')
    returns.push(message)
  })
  channel.on('ack', () => events.push('ack'))
  const key = unique('nowhere')
  channel.publish('amq.topic', key, Buffer.from('undeliverable'), {
    mandatory: true,
    messageId: 'm-7',
    headers: { attempt: 1 },
  })
  await channel.waitForConfirms()
  const message = await returns.next()
  expect(message.fields).toEqual({
    replyCode: 312,
    replyText: 'NO_ROUTE',
    exchange: 'amq.topic',
    routingKey: key,
  })
  expect(message.content.toString()).toBe('undeliverable')
  expect(message.properties).toMatchObject({ messageId: 'm-7', headers: { attempt: 1 } })
  expect(events).toEqual(['return', 'ack'])
})

test('a mandatory message that has a queue does not come back', async () => {
  const channel = await openConfirmChannel(broker.url)
  const { queue } = await channel.assertQueue('', { exclusive: true })
  const returned: Message[] = []
  channel.on('return', (message: Message) => returned.push(message))
  for (let i = 0; i < 50; i++) channel.sendToQueue(queue, Buffer.from('here'), { mandatory: true })
  await channel.waitForConfirms()
  expect(returned).toEqual([])
})

test('mandatory messages come back on channels without confirms as well', async () => {
  const channel = await openChannel(broker.url)
  const returns = new Inbox<Message>()
  channel.on('return', returns.push)
  const key = unique('nobody')
  for (const body of ['a', 'b', 'c'])
    channel.sendToQueue(key, Buffer.from(body), { mandatory: true })
  const bodies = (await returns.take(3)).map((message) => message.content.toString())
  expect(bodies).toEqual(['a', 'b', 'c'])
})

test('confirms of two channels do not mix', async () => {
  const connection = await openConnection(broker.url)
  const one = await connection.createConfirmChannel()
  const two = await connection.createConfirmChannel()
  const { queue } = await one.assertQueue('', { exclusive: true })
  const tags: Record<'one' | 'two', number> = { one: 0, two: 0 }
  one.on('ack', ({ deliveryTag }) => {
    tags.one = Math.max(tags.one, deliveryTag)
  })
  two.on('ack', ({ deliveryTag }) => {
    tags.two = Math.max(tags.two, deliveryTag)
  })
  for (let i = 0; i < 30; i++) one.sendToQueue(queue, Buffer.from('one'))
  for (let i = 0; i < 12; i++) two.sendToQueue(queue, Buffer.from('two'))
  await Promise.all([one.waitForConfirms(), two.waitForConfirms()])
  expect(tags).toEqual({ one: 30, two: 12 })
})

test('a confirmed message is there for a consumer that comes later', async () => {
  const queue = scratch.queue('later')
  const publisher = await openConfirmChannel(broker.url)
  await publisher.assertQueue(queue)
  publisher.sendToQueue(queue, Buffer.from('waiting'), { persistent: true })
  await publisher.waitForConfirms()
  await publisher.close()

  const consumer = await openChannel(broker.url)
  const { inbox } = await consumeInto(consumer, queue, { noAck: true })
  expect((await inbox.next())?.content.toString()).toBe('waiting')
})

test('a publish to an exchange that is missing fails its callback and closes the channel', async () => {
  const connection = await openConnection(broker.url)
  const channel = await connection.createConfirmChannel()
  const missing = unique('missing')
  const closed = channelError(channel)
  const outcome = new Promise<unknown>((resolve) => {
    channel.publish(missing, 'key', Buffer.from('lost'), {}, resolve)
  })
  expect(await closed).toMatchObject({ code: 404, classId: 60, methodId: 40 })
  expect((await closed).message).toContain(`NOT_FOUND - no exchange '${missing}' in vhost '/'`)
  expect(await outcome).toBeInstanceOf(Error)
  await expect(channel.waitForConfirms()).rejects.toThrow('channel closed')

  const next = await connection.createConfirmChannel()
  const { queue } = await next.assertQueue('', { exclusive: true })
  next.sendToQueue(queue, Buffer.from('goes on'))
  await next.waitForConfirms()
})
