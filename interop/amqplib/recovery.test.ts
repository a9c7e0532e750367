// amqplib's own recovery: connections that come back by themselves, with their topology.

import {
  type ChannelModel,
  type ConsumeMessage,
  connect,
  type RecoveringChannelModel,
  type RecoveryOptions,
} from 'amqplib'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { ownBrokerTest, startBroker } from '../support/broker.ts'
import { Inbox } from '../support/inbox.ts'
import { Link } from '../support/link.ts'
import { Scratch, unique } from '../support/scratch.ts'

const broker = await startBroker()
const scratch = new Scratch()
afterAll(async () => {
  await scratch.clear()
  await broker.close()
})

const quick: RecoveryOptions = { initialDelay: 10, maxDelay: 100 }

async function recovering(url: string, recovery: RecoveryOptions): Promise<RecoveringChannelModel> {
  const connection = await connect(url, { recovery })
  // Every outage is reported here as well.
  connection.on('error', () => {})
  onTestFinished(() => connection.close())
  return connection
}

/** Declares a queue and consumes from it on every connection. */
function subscription(queue: string, inbox: Inbox<string>) {
  return async (model: ChannelModel) => {
    const channel = await model.createChannel()
    await channel.assertQueue(queue, { durable: true })
    // Without acknowledgement: one that is lost with the connection would bring its message back.
    const handle = (message: ConsumeMessage | null) => inbox.push(message?.content.toString() ?? '')
    await channel.consume(queue, handle, { noAck: true })
  }
}

test('setup runs again after a broken connection, and consuming goes on', async () => {
  const link = await Link.to(broker.url)
  onTestFinished(() => link.close())
  const queue = scratch.queue('recovered')
  const inbox = new Inbox<string>()
  const connection = await recovering(link.url, { ...quick, setup: subscription(queue, inbox) })
  const reconnected = new Promise((resolve) => connection.once('connect', resolve))

  const publisher = await connect(broker.url)
  onTestFinished(() => publisher.close())
  const channel = await publisher.createChannel()
  channel.sendToQueue(queue, Buffer.from('before'))
  expect(await inbox.next()).toBe('before')

  await link.cut()
  channel.sendToQueue(queue, Buffer.from('meanwhile'))
  await link.mend()
  await reconnected
  channel.sendToQueue(queue, Buffer.from('after'))
  expect(await inbox.take(2)).toEqual(['meanwhile', 'after'])
})

test('a channel asked for during an outage opens when it is over', async () => {
  const link = await Link.to(broker.url)
  onTestFinished(() => link.close())
  const connection = await recovering(link.url, quick)
  const disconnected = new Promise((resolve) => connection.once('disconnect', resolve))
  await link.cut()
  await disconnected

  const pending = connection.createConfirmChannel()
  await link.mend()
  const channel = await pending
  const { queue } = await channel.assertQueue('', { exclusive: true })
  channel.sendToQueue(queue, Buffer.from('patient'))
  await channel.waitForConfirms()
})

test('the client tries again while the broker refuses, and gives up as it was told', async () => {
  const link = await Link.to(broker.url)
  const connection = await recovering(link.url, { ...quick, maxRetries: 3 })
  const attempts: number[] = []
  connection.on('reconnect-scheduled', ({ attempt }) => attempts.push(attempt))
  const gaveUp = new Promise<Error>((resolve) => connection.once('reconnect-failed', resolve))
  await link.cut()
  expect(await gaveUp).toBeInstanceOf(Error)
  expect(attempts).toEqual([1, 2, 3])
})

test('an unacknowledged message of a broken connection is delivered to its successor', async () => {
  const link = await Link.to(broker.url)
  onTestFinished(() => link.close())
  const queue = scratch.queue('unfinished')
  const deliveries = new Inbox<boolean>()
  const setup = async (model: ChannelModel) => {
    const channel = await model.createChannel()
    await channel.assertQueue(queue)
    await channel.consume(queue, (message) => {
      if (message !== null) deliveries.push(message.fields.redelivered)
    })
    // Once, by the first connection.
    if (deliveries.waiting.length === 0 && !sent) {
      sent = true
      channel.sendToQueue(queue, Buffer.from('unfinished'))
    }
  }
  let sent = false
  await recovering(link.url, { ...quick, setup })
  expect(await deliveries.next()).toBe(false)
  link.reset()
  expect(await deliveries.next()).toBe(true)
})

ownBrokerTest('a restarted broker is found again, and its topology rebuilt', async () => {
  const first = await startBroker()
  const queue = unique('rebuilt')
  const inbox = new Inbox<string>()
  const connection = await recovering(first.url, { ...quick, setup: subscription(queue, inbox) })
  const reconnected = new Promise((resolve) => connection.once('connect', resolve))
  await first.close()
  const second = await startBroker({ port: first.port })
  onTestFinished(() => second.close())
  await reconnected

  const channel = await connection.createConfirmChannel()
  channel.sendToQueue(queue, Buffer.from('in the new life'))
  expect(await inbox.next()).toBe('in the new life')
})
