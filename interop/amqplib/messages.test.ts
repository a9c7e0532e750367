// Messages themselves: that properties, headers and bodies of any size arrive as they were sent.

import { createHash, randomBytes } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import { startBroker } from '../support/broker.ts'
import { Scratch } from '../support/scratch.ts'
import { consumeInto, getOne, openChannel, openConnection } from './session.ts'

const broker = await startBroker()
const scratch = new Scratch()
afterAll(async () => {
  await scratch.clear()
  await broker.close()
})

test('every property arrives as it was sent', async () => {
  const channel = await openChannel(broker.url)
  const { queue } = await channel.assertQueue('', { exclusive: true })
  const properties = {
    contentType: 'application/json',
    contentEncoding: 'utf-8',
    priority: 7,
    correlationId: 'c-1',
    replyTo: 'answers',
    expiration: '60000',
    messageId: 'm-1',
    timestamp: 1_700_000_000,
    type: 'order.created',
    userId: 'guest',
    appId: 'shop',
  }
  channel.sendToQueue(queue, Buffer.from('{}'), { ...properties, persistent: true })
  const message = await getOne(channel, queue)
  expect(message.properties).toEqual({
    ...properties,
    headers: {},
    deliveryMode: 2,
    clusterId: undefined,
  })
})

test('a message without properties arrives without properties', async () => {
  const channel = await openChannel(broker.url)
  const { queue } = await channel.assertQueue('', { exclusive: true })
  channel.sendToQueue(queue, Buffer.alloc(0))
  const { properties, content } = await getOne(channel, queue)
  expect(content).toEqual(Buffer.alloc(0))
  // The empty headers table is amqplib's own.
  const given = Object.entries(properties).filter(([, value]) => value !== undefined)
  expect(Object.fromEntries(given)).toEqual({ headers: {} })
})

test('headers keep the type and the value of everything amqplib can encode', async () => {
  const channel = await openChannel(broker.url)
  const { queue } = await channel.assertQueue('', { exclusive: true })
  const headers = {
    text: 'naïve 🐇',
    empty: '',
    yes: true,
    no: false,
    small: 7,
    negative: -200,
    large: 2 ** 40,
    fraction: 1.5,
    nothing: null,
    bytes: Buffer.from([0, 255, 206]),
    list: [1, 'two', [3, { four: 4 }]],
    nested: { a: { b: { c: ['d'] } } },
    when: { '!': 'timestamp', value: 1_700_000_000 },
    float: { '!': 'float', value: 0.5 },
    price: { '!': 'decimal', value: { places: 2, digits: 1999 } },
  }
  channel.sendToQueue(queue, Buffer.from('typed'), { headers })
  const message = await getOne(channel, queue)
  expect(message.properties.headers).toEqual({ ...headers, float: 0.5 })
})

test('bodies of every size around the frame size arrive whole', async () => {
  const frameMax = 4096
  const connection = await openConnection(`${broker.url}?frameMax=${frameMax}`)
  const channel = await connection.createChannel()
  const { queue } = await channel.assertQueue('', { exclusive: true })
  // A body frame carries eight bytes less than the limit.
  const full = frameMax - 8
  const sizes = [0, 1, full - 1, full, full + 1, 2 * full, 2 * full + 1, 10 * full + 5]
  const bodies = sizes.map((size) => randomBytes(size))
  for (const body of bodies) channel.sendToQueue(queue, body)
  const { inbox } = await consumeInto(channel, queue, { noAck: true })
  const received = await inbox.take(bodies.length)
  for (const [i, body] of bodies.entries()) {
    expect(received[i]?.content.length).toBe(body.length)
    expect(received[i]?.content.equals(body)).toBe(true)
  }
})

test('a consumer with small frames gets what a publisher with large frames sent', async () => {
  const publishing = await openConnection(`${broker.url}?frameMax=131072`)
  const publisher = await publishing.createChannel()
  const consuming = await openConnection(`${broker.url}?frameMax=4096`)
  const consumer = await consuming.createChannel()
  const { queue } = await consumer.assertQueue('', { exclusive: true })
  // By way of an exchange: the queue belongs to the other connection.
  const exchange = scratch.exchange('frames')
  await consumer.assertExchange(exchange, 'fanout', { durable: false })
  await consumer.bindQueue(queue, exchange, '')

  const { inbox } = await consumeInto(consumer, queue, { noAck: true })
  const body = randomBytes(300_000)
  publisher.publish(exchange, '', body)
  expect((await inbox.next())?.content.equals(body)).toBe(true)
})

test('messages of several megabytes pass, one after the other', async () => {
  const channel = await openChannel(broker.url)
  const { queue } = await channel.assertQueue('', { exclusive: true })
  const { inbox } = await consumeInto(channel, queue, { noAck: true })
  const sha = (body: Buffer) => createHash('sha1').update(body).digest('hex')
  for (let i = 0; i < 3; i++) {
    const body = randomBytes(8 * 1024 * 1024 + i)
    channel.sendToQueue(queue, body)
    expect(sha((await inbox.next())?.content ?? Buffer.alloc(0))).toBe(sha(body))
  }
})

test('two hundred channels of one connection carry messages side by side', async () => {
  const connection = await openConnection(broker.url)
  const channels = await Promise.all(Array.from({ length: 200 }, () => connection.createChannel()))
  const received = channels.map(async (channel, i) => {
    const { queue } = await channel.assertQueue('', { exclusive: true })
    const { inbox } = await consumeInto(channel, queue, { noAck: true })
    // Long enough for frames of different channels to interleave.
    for (let n = 0; n < 5; n++) channel.sendToQueue(queue, Buffer.alloc(20_000, `${i}.${n} `))
    const messages = await inbox.take(5)
    return messages.map((message) => message?.content.toString('utf8', 0, 10).split(' ')[0])
  })
  const expected = channels.map((_, i) => [0, 1, 2, 3, 4].map((n) => `${i}.${n}`))
  expect(await Promise.all(received)).toEqual(expected)
  await Promise.all(channels.map((channel) => channel.close()))
})

test('ten thousand messages stay in order on their way through a channel', async () => {
  const connection = await openConnection(broker.url)
  const publisher = await connection.createChannel()
  const consumer = await connection.createChannel()
  const { queue } = await consumer.assertQueue('', { exclusive: true })
  const { inbox } = await consumeInto(consumer, queue, { noAck: true })
  const count = 10_000
  for (let i = 0; i < count; i++) {
    // amqplib's own back-pressure: go on when it says so.
    if (!publisher.sendToQueue(queue, Buffer.from(`${i}`)))
      await new Promise((resolve) => publisher.once('drain', () => resolve(undefined)))
  }
  const bodies = (await inbox.take(count)).map((message) => Number(message?.content.toString()))
  expect(bodies).toEqual(Array.from({ length: count }, (_, i) => i))
})
