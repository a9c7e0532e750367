// rabbitmq-client's channels, acquired when they are needed, and the methods on the connection
// that share one such channel.

import type { AsyncMessage } from 'rabbitmq-client'
import { afterAll, expect, test } from 'vitest'
import { startBroker } from '../support/broker.ts'
import { Inbox } from '../support/inbox.ts'
import { Scratch, unique } from '../support/scratch.ts'
import { openRabbit } from './rabbit.ts'

const broker = await startBroker()
const scratch = new Scratch()
afterAll(async () => {
  await scratch.clear()
  await broker.close()
})

test('a channel asked for before the connection is there comes with it', async () => {
  const { rabbit } = openRabbit(broker.url)
  expect(rabbit.ready).toBe(false)
  const channels = await Promise.all([rabbit.acquire(), rabbit.acquire(), rabbit.acquire()])
  expect(rabbit.ready).toBe(true)
  expect(channels.map((channel) => channel.id)).toEqual([1, 2, 3])
  await channels[1]?.close()
  // The lowest number that is free is used again.
  expect((await rabbit.acquire()).id).toBe(2)
  for (const channel of [channels[0], channels[2]]) await channel?.close()
  rabbit.unsafeDestroy()
})

test('topology is managed through the connection itself', async () => {
  const { rabbit } = openRabbit(broker.url)
  const queue = scratch.queue('managed')
  const exchange = scratch.exchange('managed')
  expect(await rabbit.queueDeclare({ queue, durable: true })).toEqual({
    queue,
    messageCount: 0,
    consumerCount: 0,
  })
  await rabbit.exchangeDeclare({ exchange, type: 'topic' })
  await rabbit.queueBind({ queue, exchange, routingKey: '#' })
  await rabbit.queueUnbind({ queue, exchange, routingKey: '#' })
  expect(await rabbit.queuePurge(queue)).toEqual({ messageCount: 0 })
  expect(await rabbit.basicGet(queue)).toBeUndefined()
  await rabbit.exchangeDelete({ exchange, ifUnused: true })
  expect(await rabbit.queueDelete({ queue, ifUnused: true, ifEmpty: true })).toEqual({
    messageCount: 0,
  })
})

test('a failed method reports itself, and the next one gets a new channel', async () => {
  const { rabbit } = openRabbit(broker.url)
  const queue = unique('missing')
  await expect(rabbit.queueDeclare({ queue, passive: true })).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: `QueueDeclare: NOT_FOUND - no queue '${queue}' in vhost '/'`,
  })
  expect(await rabbit.queueDeclare({ exclusive: true })).toMatchObject({ messageCount: 0 })
})

test('a channel consumes, acknowledges, rejects and recovers', async () => {
  const { rabbit } = openRabbit(broker.url)
  const channel = await rabbit.acquire()
  const { queue } = await channel.queueDeclare({ exclusive: true })
  await channel.confirmSelect()
  for (let i = 0; i < 6; i++) await channel.basicPublish({ routingKey: queue }, i)

  const inbox = new Inbox<AsyncMessage>()
  const { consumerTag } = await channel.basicConsume({ queue }, inbox.push)
  const first = await inbox.take(6)
  expect(first.map((message) => message.body)).toEqual([0, 1, 2, 3, 4, 5])
  channel.basicAck({ deliveryTag: first[1]?.deliveryTag as number, multiple: true })
  channel.basicNack({ deliveryTag: first[2]?.deliveryTag as number, requeue: false })
  await channel.basicRecover({ requeue: true })
  const again = await inbox.take(3)
  expect(again.map(({ body, redelivered }) => [body, redelivered])).toEqual([
    [3, true],
    [4, true],
    [5, true],
  ])
  expect(await channel.basicCancel({ consumerTag })).toEqual({ consumerTag })
  channel.basicAck({ deliveryTag: 0, multiple: true })
  await channel.close()
  expect(await rabbit.queueDelete(queue)).toEqual({ messageCount: 0 })
})

test('a transaction publishes and acknowledges all at once, or not at all', async () => {
  const { rabbit } = openRabbit(broker.url)
  const channel = await rabbit.acquire()
  const { queue } = await channel.queueDeclare({ exclusive: true })
  const count = async () => (await rabbit.queueDeclare({ queue, passive: true })).messageCount
  await channel.txSelect()
  for (let i = 0; i < 3; i++) await channel.basicPublish(queue, `rolled back ${i}`)
  await channel.txRollback()
  await channel.basicPublish(queue, 'kept')
  expect(await count()).toBe(0)
  await channel.txCommit()
  expect(await count()).toBe(1)

  const message = await channel.basicGet(queue)
  channel.basicAck({ deliveryTag: message?.deliveryTag as number })
  await channel.txRollback()
  // The ack was taken back; the delivery is still this channel's.
  channel.basicAck({ deliveryTag: message?.deliveryTag as number })
  await channel.txCommit()
  await channel.close()
  expect(await rabbit.queueDelete(queue)).toEqual({ messageCount: 0 })
})

test('an error without a call to report it to is emitted by the channel that asked for it', async () => {
  const { rabbit, errors } = openRabbit(broker.url)
  const own = await rabbit.acquire({ emitErrorsFromChannel: true })
  const ownErrors = new Inbox<{ code: string }>()
  own.on('error', ownErrors.push)
  own.basicAck({ deliveryTag: 99 })
  expect(await ownErrors.next()).toMatchObject({ code: 'PRECONDITION_FAILED' })
  expect(own.active).toBe(false)

  const other = await rabbit.acquire()
  other.basicNack({ deliveryTag: 99 })
  expect(await errors.next()).toMatchObject({ code: 'PRECONDITION_FAILED' })
})

test('a hundred channels work at the same time', async () => {
  const { rabbit } = openRabbit(broker.url)
  const bodies = await Promise.all(
    Array.from({ length: 100 }, async (_, i) => {
      const channel = await rabbit.acquire()
      const { queue } = await channel.queueDeclare({ exclusive: true })
      await channel.confirmSelect()
      await channel.basicPublish(queue, i)
      const message = await channel.basicGet({ queue, noAck: true })
      await channel.close()
      return message?.body
    }),
  )
  expect(bodies).toEqual(Array.from({ length: 100 }, (_, i) => i))
})
