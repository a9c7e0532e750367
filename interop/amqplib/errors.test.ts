// Mistakes that programs make, and how far the damage goes: the channel, or the connection.

import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib'
import { afterAll, expect, test } from 'vitest'
import { startBroker } from '../support/broker.ts'
import { Inbox } from '../support/inbox.ts'
import { Scratch, unique } from '../support/scratch.ts'
import { channelError, consumeInto, openChannel, openConnection, texts } from './session.ts'

const broker = await startBroker()
const scratch = new Scratch()
afterAll(async () => {
  await scratch.clear()
  await broker.close()
})

/** The error that ends the connection. Ask for it before provoking it. */
function connectionError(connection: ChannelModel): Promise<Error & { code: number }> {
  return new Promise((resolve) => {
    connection.once('error', resolve as (error: Error) => void)
  })
}

test('acknowledging twice closes the channel and gives back what else it held', async () => {
  const queue = scratch.queue('twice')
  const connection = await openConnection(broker.url)
  const channel = await connection.createChannel()
  await channel.assertQueue(queue)
  channel.sendToQueue(queue, Buffer.from('a'))
  channel.sendToQueue(queue, Buffer.from('b'))
  const { inbox } = await consumeInto(channel, queue)
  const [first] = (await inbox.take(2)) as ConsumeMessage[]

  const error = channelError(channel)
  channel.ack(first as ConsumeMessage)
  channel.ack(first as ConsumeMessage)
  expect(await error).toMatchObject({ code: 406, classId: 60, methodId: 80 })
  expect((await error).message).toContain('PRECONDITION_FAILED - unknown delivery tag 1')

  const next = await connection.createChannel()
  const again = await consumeInto(next, queue)
  const message = (await again.inbox.next()) as ConsumeMessage
  expect(texts([message])).toEqual(['b'])
  expect(message.fields.redelivered).toBe(true)
})

test('a delivery can only be acknowledged on its own channel', async () => {
  const queue = scratch.queue('foreign')
  const connection = await openConnection(broker.url)
  const owner = await connection.createChannel()
  await owner.assertQueue(queue)
  owner.sendToQueue(queue, Buffer.from('mine'))
  const { inbox } = await consumeInto(owner, queue)
  const message = (await inbox.next()) as ConsumeMessage

  const stranger = await connection.createChannel()
  const error = channelError(stranger)
  stranger.nack(message)
  expect(await error).toMatchObject({ code: 406, classId: 60, methodId: 120 })
  owner.ack(message)
  await owner.close()
})

test('a failed channel leaves its sisters alone, and its number can be used again', async () => {
  const connection = await openConnection(broker.url)
  const sister = await connection.createChannel()
  const { queue } = await sister.assertQueue('', { exclusive: true })
  const { inbox } = await consumeInto(sister, queue, { noAck: true })
  for (let i = 0; i < 5; i++) {
    const channel = await connection.createChannel()
    const error = channelError(channel)
    channel.publish(unique('missing'), '', Buffer.from('lost'))
    // What is published on a channel that has failed is dropped.
    channel.sendToQueue(queue, Buffer.from('dropped'))
    expect((await error).code).toBe(404)
  }
  sister.sendToQueue(queue, Buffer.from('alive'))
  expect(texts([await inbox.next()])).toEqual(['alive'])
})

test('consuming from, and binding to, what does not exist fails with 404', async () => {
  const connection = await openConnection(broker.url)
  const missing = unique('missing')
  const attempts: ((channel: Channel) => Promise<unknown>)[] = [
    (channel) => channel.consume(missing, () => {}),
    (channel) => channel.get(missing),
    (channel) => channel.purgeQueue(missing),
    (channel) => channel.bindQueue(missing, 'amq.topic', '#'),
  ]
  for (const attempt of attempts) {
    const channel = await connection.createChannel()
    channel.on('error', () => {})
    await expect(attempt(channel)).rejects.toThrow(`NOT_FOUND - no queue '${missing}' in vhost '/'`)
  }
})

test('an invalid expiration closes the channel with 406', async () => {
  const channel = await openChannel(broker.url)
  const { queue } = await channel.assertQueue('', { exclusive: true })
  const error = channelError(channel)
  channel.sendToQueue(queue, Buffer.from('soon'), { expiration: 'tomorrow' })
  expect((await error).message).toContain("invalid expiration 'tomorrow'")
})

test('a message may only name the user who sends it', async () => {
  const channel = await openChannel(broker.url)
  const { queue } = await channel.assertQueue('', { exclusive: true })
  const error = channelError(channel)
  channel.sendToQueue(queue, Buffer.from('forged'), { userId: 'root' })
  expect((await error).message).toContain(
    "PRECONDITION_FAILED - user_id property set to 'root' but authenticated user was 'guest'",
  )
})

test('reusing a consumer tag on a channel ends the connection', async () => {
  const connection = await openConnection(broker.url)
  const channel = await connection.createChannel()
  const { queue } = await channel.assertQueue('', { exclusive: true })
  await consumeInto(channel, queue, { consumerTag: 'me' })
  // Both report it: the connection, and the channel that goes down with it.
  channel.on('error', () => {})
  const error = connectionError(connection)
  channel.consume(queue, () => {}, { consumerTag: 'me' }).catch(() => {})
  expect((await error).message).toContain(
    `530 (NOT-ALLOWED) with message "NOT_ALLOWED - attempt to reuse consumer tag 'me'"`,
  )
})

test('the same consumer tag on two channels is fine', async () => {
  const connection = await openConnection(broker.url)
  const one = await connection.createChannel()
  const two = await connection.createChannel()
  const { queue } = await one.assertQueue('', { exclusive: true })
  const first = await consumeInto(one, queue, { consumerTag: 'me', noAck: true })
  const second = await consumeInto(two, queue, { consumerTag: 'me', noAck: true })
  for (let i = 0; i < 4; i++) one.sendToQueue(queue, Buffer.from('hello'))
  await Promise.all([first.inbox.take(2), second.inbox.take(2)])
})

test('an exchange type that nobody knows is refused', async () => {
  const connection = await openConnection(broker.url)
  const channel = await connection.createChannel()
  const errors = new Inbox<Error>()
  // RabbitMQ calls this a matter of the connection in some versions, of the channel in others.
  connection.on('error', errors.push)
  channel.on('error', errors.push)
  channel.assertExchange(unique('odd'), 'x-no-such-type').catch(() => {})
  expect((await errors.next()).message).toContain("unknown exchange type 'x-no-such-type'")
})
