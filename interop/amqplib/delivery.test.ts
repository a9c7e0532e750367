// How messages reach amqplib's consumers, and what becomes of them there.

import type { ConsumeMessage } from 'amqplib'
import { afterAll, expect, test } from 'vitest'
import { eventually } from '../../test/support/eventually.ts'
import { startBroker } from '../support/broker.ts'
import { Scratch } from '../support/scratch.ts'
import {
  consumeInto,
  getOne,
  openChannel,
  openConfirmChannel,
  openConnection,
  texts,
} from './session.ts'

const broker = await startBroker()
const scratch = new Scratch()
afterAll(async () => {
  await scratch.clear()
  await broker.close()
})

/** A queue that holds the bodies, in order. */
async function filledQueue(...bodies: string[]): Promise<string> {
  const queue = scratch.queue('filled')
  const channel = await openConfirmChannel(broker.url)
  await channel.assertQueue(queue)
  for (const body of bodies) channel.sendToQueue(queue, Buffer.from(body))
  await channel.waitForConfirms()
  return queue
}

const letters = ['a', 'b', 'c', 'd', 'e']

test('prefetch limits what a consumer holds, and every ack brings one more', async () => {
  const queue = await filledQueue(...letters)
  const channel = await openChannel(broker.url)
  await channel.prefetch(2)
  const { inbox } = await consumeInto(channel, queue)
  const held = await inbox.take(2)
  expect((await channel.checkQueue(queue)).messageCount).toBe(3)

  channel.ack(held[0] as ConsumeMessage)
  expect(texts(await inbox.take(1))).toEqual(['c'])
  expect((await channel.checkQueue(queue)).messageCount).toBe(2)
  expect(inbox.waiting).toEqual([])
})

test('a prefetch counts for each consumer, a global one for the whole channel', async () => {
  const queue = await filledQueue(...letters)
  const each = await openChannel(broker.url)
  await each.prefetch(1)
  const first = await consumeInto(each, queue)
  const second = await consumeInto(each, queue)
  expect(texts([await first.inbox.next(), await second.inbox.next()])).toEqual(['a', 'b'])
  await each.close()

  const shared = await openChannel(broker.url)
  await shared.prefetch(3, true)
  const one = await consumeInto(shared, queue)
  const two = await consumeInto(shared, queue)
  await eventually(() => expect(one.inbox.waiting.length + two.inbox.waiting.length).toBe(3))
  expect((await shared.checkQueue(queue)).messageCount).toBe(2)
})

test('consumers take turns', async () => {
  const queue = scratch.queue('turns')
  const channel = await openChannel(broker.url)
  await channel.assertQueue(queue)
  const consumers = [
    await consumeInto(channel, queue, { noAck: true }),
    await consumeInto(channel, queue, { noAck: true }),
    await consumeInto(channel, queue, { noAck: true }),
  ]
  for (let i = 0; i < 9; i++) channel.sendToQueue(queue, Buffer.from(`${i % 3}`))
  const shares = await Promise.all(consumers.map(({ inbox }) => inbox.take(3)))
  // Who begins is the broker's affair; everyone gets every third.
  expect(shares.map(texts).toSorted()).toEqual(['0', '1', '2'].map((i) => [i, i, i]))
})

test('a message nacked for requeue returns to its place, marked as redelivered', async () => {
  const queue = await filledQueue(...letters)
  const channel = await openChannel(broker.url)
  await channel.prefetch(3)
  const { inbox } = await consumeInto(channel, queue)
  const held = (await inbox.take(3)) as ConsumeMessage[]
  expect(held.map((message) => message.fields.redelivered)).toEqual([false, false, false])

  channel.nack(held[1] as ConsumeMessage)
  const [again] = (await inbox.take(1)) as ConsumeMessage[]
  expect(texts([again as ConsumeMessage])).toEqual(['b'])
  expect(again?.fields.redelivered).toBe(true)
  expect(again?.fields.deliveryTag).toBe(4)
})

test('nackAll gives everything back in its old order', async () => {
  const queue = await filledQueue(...letters)
  const giver = await openChannel(broker.url)
  const { inbox, consumerTag } = await consumeInto(giver, queue)
  await inbox.take(5)
  await giver.cancel(consumerTag)
  giver.nackAll(true)

  const taker = await openChannel(broker.url)
  const received = await consumeInto(taker, queue)
  expect(texts(await received.inbox.take(5))).toEqual(letters)
})

test('rejected without requeue, or nacked up to a message, messages are gone', async () => {
  const queue = await filledQueue(...letters)
  const channel = await openChannel(broker.url)
  const { inbox } = await consumeInto(channel, queue)
  const held = (await inbox.take(5)) as ConsumeMessage[]
  channel.reject(held[4] as ConsumeMessage, false)
  channel.nack(held[2] as ConsumeMessage, true, false)
  await channel.close()

  const admin = await openChannel(broker.url)
  expect((await getOne(admin, queue)).content.toString()).toBe('d')
  expect(await admin.get(queue)).toBe(false)
})

test('an ack up to a message settles all before it, ackAll the rest', async () => {
  const queue = await filledQueue(...letters)
  const channel = await openChannel(broker.url)
  const { inbox } = await consumeInto(channel, queue)
  const held = (await inbox.take(5)) as ConsumeMessage[]
  channel.ack(held[2] as ConsumeMessage, true)
  channel.ackAll()
  await channel.close()

  const admin = await openChannel(broker.url)
  expect(await admin.deleteQueue(queue)).toEqual({ messageCount: 0 })
})

test('a closed channel gives back what it had not acknowledged', async () => {
  const queue = await filledQueue(...letters)
  const connection = await openConnection(broker.url)
  const failing = await connection.createChannel()
  const { inbox } = await consumeInto(failing, queue)
  const held = (await inbox.take(5)) as ConsumeMessage[]
  failing.ack(held[0] as ConsumeMessage)
  await failing.close()

  const channel = await connection.createChannel()
  const next = await consumeInto(channel, queue)
  const again = (await next.inbox.take(4)) as ConsumeMessage[]
  expect(texts(again)).toEqual(letters.slice(1))
  expect(again.every((message) => message.fields.redelivered)).toBe(true)
})

test('recover redelivers what the channel has not acknowledged', async () => {
  const queue = await filledQueue(...letters)
  const channel = await openChannel(broker.url)
  const { inbox } = await consumeInto(channel, queue)
  const held = (await inbox.take(5)) as ConsumeMessage[]
  channel.ack(held[0] as ConsumeMessage)
  await channel.recover()
  const again = (await inbox.take(4)) as ConsumeMessage[]
  expect(texts(again)).toEqual(letters.slice(1))
  expect(again.every((message) => message.fields.redelivered)).toBe(true)
})

test('a cancelled consumer gets nothing more, and may still acknowledge what it has', async () => {
  const queue = await filledQueue(...letters)
  const channel = await openChannel(broker.url)
  await channel.prefetch(2)
  const { inbox, consumerTag } = await consumeInto(channel, queue)
  const held = (await inbox.take(2)) as ConsumeMessage[]
  expect(await channel.cancel(consumerTag)).toEqual({ consumerTag })
  for (const message of held) channel.ack(message)
  expect(await channel.checkQueue(queue)).toMatchObject({ messageCount: 3, consumerCount: 0 })
  expect(inbox.waiting).toEqual([])
  expect(await channel.cancel('no-such-tag')).toEqual({ consumerTag: 'no-such-tag' })
})

test('a consumer hears with null that its queue was deleted', async () => {
  const queue = await filledQueue()
  const channel = await openChannel(broker.url)
  const { inbox } = await consumeInto(channel, queue, { consumerTag: 'watcher' })
  const admin = await openChannel(broker.url)
  await admin.deleteQueue(queue)
  expect(await inbox.next()).toBeNull()
  // The channel lives on.
  expect(await channel.assertQueue(queue)).toMatchObject({ consumerCount: 0 })
})

test('an exclusive consumer keeps others away until it is gone', async () => {
  const queue = await filledQueue()
  const connection = await openConnection(broker.url)
  const channel = await connection.createChannel()
  const { consumerTag } = await consumeInto(channel, queue, { exclusive: true })

  const other = await connection.createChannel()
  other.on('error', () => {})
  await expect(other.consume(queue, () => {})).rejects.toThrow(
    `403 (ACCESS-REFUSED) with message "ACCESS_REFUSED - queue '${queue}' in vhost '/' ` +
      'in exclusive use"',
  )
  await channel.cancel(consumerTag)
  expect((await consumeInto(channel, queue)).consumerTag).toMatch(/^amq\.ctag-/)
})

test('the consumer with the highest priority gets messages while it has room', async () => {
  const queue = scratch.queue('priorities')
  const channel = await openChannel(broker.url)
  await channel.assertQueue(queue)
  await channel.prefetch(2)
  const low = await consumeInto(channel, queue, { priority: -1 })
  const high = await consumeInto(channel, queue, { priority: 10 })
  const plain = await consumeInto(channel, queue)
  for (const letter of letters) channel.sendToQueue(queue, Buffer.from(letter))
  expect(texts(await high.inbox.take(2))).toEqual(['a', 'b'])
  expect(texts(await plain.inbox.take(2))).toEqual(['c', 'd'])
  expect(texts(await low.inbox.take(1))).toEqual(['e'])
})

test('get takes one message at a time and says how many are left', async () => {
  const queue = await filledQueue('a', 'b')
  const channel = await openChannel(broker.url)
  const first = await channel.get(queue)
  expect(first).toMatchObject({
    fields: {
      deliveryTag: 1,
      redelivered: false,
      exchange: '',
      routingKey: queue,
      messageCount: 1,
    },
  })
  const second = await channel.get(queue)
  expect(second).toMatchObject({ fields: { deliveryTag: 2, messageCount: 0 } })
  expect(await channel.get(queue)).toBe(false)

  if (first === false || second === false) throw new Error('the queue was filled')
  channel.nack(second)
  channel.ack(first)
  const again = await channel.get(queue, { noAck: true })
  expect(again).toMatchObject({ fields: { redelivered: true, messageCount: 0 } })
})
