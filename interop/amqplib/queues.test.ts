// Queues as programs manage them with amqplib: assert, check, purge, delete, and who may.

import { afterAll, expect, test } from 'vitest'
import { eventually } from '../../test/support/eventually.ts'
import { startBroker } from '../support/broker.ts'
import { Scratch, unique } from '../support/scratch.ts'
import {
  channelError,
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

test('assertQueue answers with the name and both counts, the first time and again', async () => {
  const queue = scratch.queue('orders')
  const channel = await openConfirmChannel(broker.url)
  expect(await channel.assertQueue(queue)).toEqual({ queue, messageCount: 0, consumerCount: 0 })

  channel.sendToQueue(queue, Buffer.from('one'))
  channel.sendToQueue(queue, Buffer.from('two'))
  await channel.waitForConfirms()
  expect(await channel.assertQueue(queue)).toEqual({ queue, messageCount: 2, consumerCount: 0 })

  await channel.prefetch(1)
  const { inbox } = await consumeInto(channel, queue)
  await inbox.next()
  // What is out for delivery is not counted: one is unacked, one is ready.
  expect(await channel.checkQueue(queue)).toEqual({ queue, messageCount: 1, consumerCount: 1 })
})

test('the broker names a queue that has no name', async () => {
  const channel = await openChannel(broker.url)
  const first = await channel.assertQueue('', { exclusive: true })
  const second = await channel.assertQueue('', { exclusive: true })
  expect(first.queue).toMatch(/^amq\.gen-[\w-]{22}$/)
  expect(second.queue).not.toBe(first.queue)
})

test('a queue cannot be asserted again with other properties or arguments', async () => {
  const queue = scratch.queue('settled')
  const connection = await openConnection(broker.url)
  const owner = await connection.createChannel()
  await owner.assertQueue(queue, { durable: true, arguments: { 'x-team': 'billing' } })

  const transient = await connection.createChannel()
  const durability = channelError(transient)
  await expect(transient.assertQueue(queue, { durable: false })).rejects.toThrow(
    `406 (PRECONDITION-FAILED) with message "PRECONDITION_FAILED - inequivalent arg 'durable' ` +
      `for queue '${queue}' in vhost '/': received 'false' but current is 'true'"`,
  )
  expect(await durability).toMatchObject({ code: 406, classId: 50, methodId: 10 })

  // The failure closed that channel and nothing else.
  expect(await owner.assertQueue(queue, { arguments: { 'x-team': 'billing' } })).toBeTruthy()
})

test('a number is the same argument in whatever width it is encoded', async () => {
  const queue = scratch.queue('widths')
  const channel = await openChannel(broker.url)
  await channel.assertQueue(queue, { arguments: { 'x-max-priority': 5 } })
  const wide = { 'x-max-priority': { '!': 'int64', value: 5 } }
  expect((await channel.assertQueue(queue, { arguments: wide })).queue).toBe(queue)
})

test('checkQueue of a queue that does not exist closes the channel with 404', async () => {
  const channel = await openChannel(broker.url)
  const missing = unique('missing')
  const error = channelError(channel)
  await expect(channel.checkQueue(missing)).rejects.toThrow(
    `NOT_FOUND - no queue '${missing}' in vhost '/'`,
  )
  expect((await error).code).toBe(404)
})

test('a purge empties what is ready and leaves what is out for delivery', async () => {
  const queue = scratch.queue('purged')
  const channel = await openConfirmChannel(broker.url)
  await channel.assertQueue(queue)
  for (let i = 0; i < 10; i++) channel.sendToQueue(queue, Buffer.from(`${i}`))
  await channel.waitForConfirms()
  await channel.prefetch(3)
  const { inbox } = await consumeInto(channel, queue)
  const held = await inbox.take(3)

  const admin = await openChannel(broker.url)
  expect(await admin.purgeQueue(queue)).toEqual({ messageCount: 7 })
  channel.nackAll()
  expect(texts(await inbox.take(3))).toEqual(texts(held))
})

test('deleteQueue counts what it deletes and does not mind a missing queue', async () => {
  const queue = scratch.queue('deleted')
  const channel = await openConfirmChannel(broker.url)
  await channel.assertQueue(queue)
  for (let i = 0; i < 4; i++) channel.sendToQueue(queue, Buffer.from('gone'))
  await channel.waitForConfirms()
  expect(await channel.deleteQueue(queue)).toEqual({ messageCount: 4 })
  expect(await channel.deleteQueue(queue)).toEqual({ messageCount: 0 })
})

test('ifUnused spares a queue with consumers, ifEmpty one with messages', async () => {
  const queue = scratch.queue('spared')
  const connection = await openConnection(broker.url)
  const channel = await connection.createConfirmChannel()
  await channel.assertQueue(queue)
  const { consumerTag } = await consumeInto(channel, queue)

  const unused = await connection.createChannel()
  unused.on('error', () => {})
  await expect(unused.deleteQueue(queue, { ifUnused: true })).rejects.toThrow(
    `PRECONDITION_FAILED - queue '${queue}' in vhost '/' in use`,
  )
  await channel.cancel(consumerTag)

  channel.sendToQueue(queue, Buffer.from('precious'))
  await channel.waitForConfirms()
  const empty = await connection.createChannel()
  empty.on('error', () => {})
  await expect(empty.deleteQueue(queue, { ifEmpty: true })).rejects.toThrow(
    `PRECONDITION_FAILED - queue '${queue}' in vhost '/' not empty`,
  )
  await channel.purgeQueue(queue)
  expect(await channel.deleteQueue(queue, { ifUnused: true, ifEmpty: true })).toBeTruthy()
})

test('an exclusive queue is locked for other connections and dies with its own', async () => {
  const queue = scratch.queue('private')
  const owner = await openConnection(broker.url)
  const channel = await owner.createChannel()
  await channel.assertQueue(queue, { exclusive: true })
  // Exclusive to the connection, not to the channel.
  const sibling = await owner.createChannel()
  expect((await sibling.checkQueue(queue)).consumerCount).toBe(0)

  const other = await openConnection(broker.url)
  const intruder = await other.createChannel()
  intruder.on('error', () => {})
  await expect(intruder.consume(queue, () => {})).rejects.toThrow(
    `405 (RESOURCE-LOCKED) with message "RESOURCE_LOCKED - cannot obtain exclusive access to ` +
      `locked queue '${queue}' in vhost '/'`,
  )

  await owner.close()
  await eventually(async () => {
    const next = await other.createChannel()
    next.on('error', () => {})
    await next.assertQueue(queue, { exclusive: true })
  })
})

test('an auto-delete queue goes with its last consumer, not before it had one', async () => {
  const queue = scratch.queue('passing')
  const connection = await openConnection(broker.url)
  const channel = await connection.createChannel()
  await channel.assertQueue(queue, { autoDelete: true })
  await channel.assertQueue(queue, { autoDelete: true })
  const first = await consumeInto(channel, queue)
  const second = await consumeInto(channel, queue)

  await channel.cancel(first.consumerTag)
  expect((await channel.checkQueue(queue)).consumerCount).toBe(1)
  await channel.cancel(second.consumerTag)
  channel.on('error', () => {})
  await expect(channel.checkQueue(queue)).rejects.toThrow('NOT_FOUND')
})

test('an auto-delete queue goes when the channel of its last consumer closes', async () => {
  const queue = scratch.queue('passing')
  const connection = await openConnection(broker.url)
  const consuming = await connection.createChannel()
  await consuming.assertQueue(queue, { autoDelete: true })
  await consumeInto(consuming, queue)
  await consuming.close()

  const channel = await connection.createChannel()
  channel.on('error', () => {})
  await expect(channel.checkQueue(queue)).rejects.toThrow('NOT_FOUND')
})

test('a queue name may hold any characters, up to 255 bytes of UTF-8', async () => {
  const channel = await openChannel(broker.url)
  const names = [`${unique('Grüße 🐇')} "quoted" 'too' /slash`, unique('long').padEnd(255, 'x')]
  for (const name of names) {
    expect((await channel.assertQueue(name, { exclusive: true })).queue).toBe(name)
    channel.sendToQueue(name, Buffer.from('hello'))
    expect((await getOne(channel, name)).fields.routingKey).toBe(name)
  }
})

test('names beginning with amq. are reserved', async () => {
  const channel = await openChannel(broker.url)
  channel.on('error', () => {})
  await expect(channel.assertQueue('amq.mine')).rejects.toThrow(
    `403 (ACCESS-REFUSED) with message "ACCESS_REFUSED - queue name 'amq.mine' contains ` +
      `reserved prefix 'amq.*'"`,
  )
})
