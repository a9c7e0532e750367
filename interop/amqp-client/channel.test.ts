// The low-level API of @cloudamqp/amqp-client: one method of the protocol a call.

import type { AMQPMessage } from '@cloudamqp/amqp-client'
import { afterAll, expect, test } from 'vitest'
import { startBroker } from '../support/broker.ts'
import { Inbox } from '../support/inbox.ts'
import { Scratch, unique } from '../support/scratch.ts'
import { openChannel, openClient } from './client.ts'

const broker = await startBroker()
const scratch = new Scratch()
afterAll(async () => {
  await scratch.clear()
  await broker.close()
})

const bodies = (messages: AMQPMessage[]) => messages.map((message) => message.bodyString())

test('the README: publish, consume with a callback, cancel from inside of it', async () => {
  const channel = await openChannel(broker.url)
  const { name } = await channel.queueDeclare(scratch.queue('my-queue'))
  await channel.basicPublish('', name, 'Hello World', { deliveryMode: 2 })
  const received: (string | null)[] = []
  const consumer = await channel.basicConsume(name, { noAck: false }, async (message) => {
    received.push(message.bodyString())
    await message.ack()
    await consumer.cancel()
  })
  await consumer.wait()
  expect(received).toEqual(['Hello World'])
  expect(await channel.queueDelete(name)).toEqual({ messageCount: 0 })
})

test('an async iterator receives messages, and breaking out of it cancels the consumer', async () => {
  const channel = await openChannel(broker.url)
  const { name } = await channel.queueDeclare('')
  for (const body of ['a', 'b', 'c']) await channel.basicPublish('', name, body)
  const consumer = await channel.basicConsume(name, { noAck: false })
  const received: (string | null)[] = []
  for await (const message of consumer.messages) {
    received.push(message.bodyString())
    await message.ack()
    if (received.length === 2) break
  }
  expect(received).toEqual(['a', 'b'])
  // The queue was made to go with its consumer.
  await expect(channel.queueDeclare(name, { passive: true })).rejects.toThrow('NOT_FOUND')
})

test('a consumer of a full queue misses none of what comes at once', async () => {
  const channel = await openChannel(broker.url)
  const { name } = await channel.queueDeclare('', { exclusive: true, autoDelete: false })
  const sent = Array.from({ length: 2000 }, (_, i) => `${i}`)
  await channel.confirmSelect()
  await Promise.all(sent.map((body) => channel.basicPublish('', name, body)))
  const inbox = new Inbox<AMQPMessage>()
  await channel.basicConsume(name, { noAck: true }, inbox.push)
  expect(bodies(await inbox.take(2000))).toEqual(sent)
})

test('a confirmed publish answers with its delivery tag', async () => {
  const channel = await openChannel(broker.url)
  const { name } = await channel.queueDeclare('')
  expect(await channel.basicPublish('', name, 'unconfirmed')).toBe(0)
  await channel.confirmSelect()
  expect(await channel.basicPublish('', name, 'first')).toBe(1)
  const tags = await Promise.all([2, 3, 4, 5].map((i) => channel.basicPublish('', name, `${i}`)))
  expect(tags).toEqual([2, 3, 4, 5])
})

test('an unroutable mandatory message reaches onReturn', async () => {
  const channel = await openChannel(broker.url)
  const returned = new Inbox<AMQPMessage>()
  channel.onReturn = returned.push
  await channel.confirmSelect()
  const key = unique('nowhere')
  const properties = { messageId: 'm-1', headers: { attempt: 1 } }
  await channel.basicPublish('amq.direct', key, 'lost', properties, true)
  const message = await returned.next()
  expect(message).toMatchObject({
    replyCode: 312,
    replyText: 'NO_ROUTE',
    exchange: 'amq.direct',
    routingKey: key,
    properties,
  })
  expect(message.bodyString()).toBe('lost')
})

test('every property, and every kind of header it can write, survives', async () => {
  const channel = await openChannel(broker.url)
  const { name } = await channel.queueDeclare('')
  const properties = {
    contentType: 'text/plain',
    contentEncoding: 'identity',
    headers: {
      text: 'ü',
      yes: true,
      number: 17,
      large: 2 ** 40,
      fraction: 0.5,
      nothing: null,
      list: [1, 'two', { three: [3] }],
      nested: { deep: { deeper: 'x' } },
      when: new Date(1_700_000_000_000),
    },
    deliveryMode: 2,
    priority: 9,
    correlationId: 'c',
    replyTo: 'r',
    expiration: '60000',
    messageId: 'm',
    timestamp: new Date(1_700_000_000_000),
    type: 't',
    userId: 'guest',
    appId: 'a',
  }
  await channel.basicPublish('', name, 'all of it', properties)
  const message = await channel.basicGet(name)
  expect(message?.properties).toEqual(properties)
  expect(message).toMatchObject({ deliveryTag: 1, redelivered: false, messageCount: 0 })
})

test('a body of many frames arrives as it was', async () => {
  const channel = await openChannel(`${broker.url}?frameMax=8192`)
  const { name } = await channel.queueDeclare('')
  for (const size of [0, 1, 8184, 8185, 16_368, 1_000_000]) {
    const body = Buffer.alloc(size, 'body ')
    await channel.basicPublish('', name, body)
    const message = await channel.basicGet(name)
    expect(message?.bodySize).toBe(size)
    expect(body.equals((message?.body as Uint8Array | null) ?? Buffer.alloc(0))).toBe(true)
  }
})

test('prefetch, ack, nack, reject and recover do their work', async () => {
  const channel = await openChannel(broker.url)
  const { name } = await channel.queueDeclare('', { exclusive: true, autoDelete: false })
  for (const body of ['a', 'b', 'c', 'd']) await channel.basicPublish('', name, body)
  await channel.prefetch(3)
  const inbox = new Inbox<AMQPMessage>()
  const consumer = await channel.basicConsume(name, { noAck: false }, inbox.push)
  const [a, b, c] = (await inbox.take(3)) as [AMQPMessage, AMQPMessage, AMQPMessage]
  await a.ack()
  const d = await inbox.next()
  expect(d.bodyString()).toBe('d')
  await b.nack(true)
  const again = await inbox.next()
  expect([again.bodyString(), again.redelivered]).toEqual(['b', true])
  await c.reject(false)
  await channel.basicRecover(true)
  expect(bodies(await inbox.take(2)).toSorted()).toEqual(['b', 'd'])
  await consumer.cancel()
  await channel.close()
})

test('topology: declare, bind, unbind, purge and delete', async () => {
  const channel = await openChannel(broker.url)
  const [front, back] = [scratch.exchange('front'), scratch.exchange('back')]
  const queue = scratch.queue('end')
  await channel.exchangeDeclare(front, 'topic', { durable: false })
  await channel.exchangeDeclare(back, 'fanout', { internal: true, autoDelete: true })
  await channel.exchangeBind(back, front, 'a.#')
  expect(await channel.queueDeclare(queue, { durable: false }, { 'x-max-length': 100 })).toEqual({
    name: queue,
    messageCount: 0,
    consumerCount: 0,
  })
  await channel.queueBind(queue, back, '')
  await channel.confirmSelect()
  await channel.basicPublish(front, 'a.b.c', 'through')
  await channel.basicPublish(front, 'b.c', 'not through')
  expect(await channel.queuePurge(queue)).toEqual({ messageCount: 1 })
  await channel.queueUnbind(queue, back, '')
  // Its last binding gone, the inner exchange is gone, and unbinding from it is no error.
  await channel.exchangeUnbind(back, front, 'a.#')
  await channel.exchangeDelete(front)
  await expect(channel.exchangeDeclare(back, 'fanout', { passive: true })).rejects.toThrow(
    `NOT_FOUND - no exchange '${back}' in vhost '/'`,
  )
})

test('a transaction counts when it is committed', async () => {
  const connection = await openClient(broker.url)
  const channel = await connection.channel()
  const watcher = await connection.channel()
  const { name } = await channel.queueDeclare('', { exclusive: true, autoDelete: false })
  await channel.txSelect()
  await channel.basicPublish('', name, 'rolled back')
  await channel.txRollback()
  await channel.basicPublish('', name, 'committed')
  expect(await watcher.basicGet(name)).toBeNull()
  await channel.txCommit()
  expect((await watcher.basicGet(name))?.bodyString()).toBe('committed')
  expect(await watcher.basicGet(name)).toBeNull()
})

test('channel.flow can be asked for, as far as it is supported', async () => {
  const channel = await openChannel(broker.url)
  expect(await channel.basicFlow(true)).toBe(true)
})
