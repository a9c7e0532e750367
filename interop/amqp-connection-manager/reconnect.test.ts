// Why people take amqp-connection-manager: outages that the rest of the program need not know of.

import type { ConfirmChannel, ConsumeMessage } from 'amqplib'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../test/support/eventually.ts'
import { ownBrokerTest, startBroker } from '../support/broker.ts'
import { Inbox } from '../support/inbox.ts'
import { Link } from '../support/link.ts'
import { Scratch, unique } from '../support/scratch.ts'
import { event, manage } from './manager.ts'

const broker = await startBroker()
const scratch = new Scratch()
afterAll(async () => {
  await scratch.clear()
  await broker.close()
})

async function linkToBroker(): Promise<Link> {
  const link = await Link.to(broker.url)
  onTestFinished(() => link.close())
  return link
}

test('messages published during an outage are sent after it, in order', async () => {
  const link = await linkToBroker()
  const queue = scratch.queue('outage')
  const manager = manage(link.url)
  const channel = manager.createChannel({
    setup: (raw: ConfirmChannel) => raw.assertQueue(queue),
  })
  await channel.waitForConnect()
  await channel.sendToQueue(queue, 'before')
  const disconnected = event(manager, 'disconnect')
  await link.cut()
  await disconnected
  expect(manager.isConnected()).toBe(false)

  const bodies = Array.from({ length: 20 }, (_, i) => `during ${i}`)
  const sent = Promise.all(bodies.map((body) => channel.sendToQueue(queue, body)))
  expect(channel.queueLength()).toBe(20)
  await link.mend()
  await sent
  const received: string[] = []
  for (let i = 0; i < 21; i++) {
    const message = await channel.get(queue, { noAck: true })
    if (message) received.push(message.content.toString())
  }
  expect(received).toEqual(['before', ...bodies])
})

test('a subscription on a queue of its own is made again after every outage', async () => {
  const link = await linkToBroker()
  const exchange = scratch.exchange('news')
  const manager = manage(link.url)
  const inbox = new Inbox<string>()
  const subscriber = manager.createChannel({
    setup: async (raw: ConfirmChannel) => {
      await raw.assertExchange(exchange, 'fanout', { durable: true })
      const { queue } = await raw.assertQueue('', { exclusive: true })
      await raw.bindQueue(queue, exchange, '')
      const handle = (message: ConsumeMessage | null) =>
        inbox.push(message?.content.toString() ?? '')
      await raw.consume(queue, handle, { noAck: true })
    },
  })
  await subscriber.waitForConnect()
  const publisher = manage(broker.url).createChannel()
  for (let outage = 0; outage < 3; outage++) {
    await publisher.publish(exchange, '', `edition ${outage}`)
    expect(await inbox.next()).toBe(`edition ${outage}`)
    const back = event(subscriber, 'connect')
    link.reset()
    await back
  }
})

test('a message in work when the connection broke is delivered again', async () => {
  const link = await linkToBroker()
  const queue = scratch.queue('in-work')
  const worker = manage(link.url).createChannel({
    setup: (raw: ConfirmChannel) => raw.assertQueue(queue),
  })
  await worker.waitForConnect()
  const deliveries = new Inbox<ConsumeMessage>()
  await worker.consume(queue, deliveries.push, { prefetch: 1 })
  await manage(broker.url).createChannel().sendToQueue(queue, 'job')
  expect((await deliveries.next()).fields.redelivered).toBe(false)

  link.reset()
  const again = await deliveries.next()
  expect(again.fields.redelivered).toBe(true)
  worker.ack(again)
  await eventually(async () => expect((await worker.checkQueue(queue)).consumerCount).toBe(1))
})

test('a forced reconnect carries consumers and unsent messages over', async () => {
  const queue = scratch.queue('forced')
  const manager = manage(broker.url)
  const channel = manager.createChannel({
    setup: (raw: ConfirmChannel) => raw.assertQueue(queue),
  })
  await channel.waitForConnect()
  const inbox = new Inbox<string>()
  const handle = (message: ConsumeMessage) => inbox.push(message.content.toString())
  await channel.consume(queue, handle, { noAck: true })
  const [gone, back] = [event(manager, 'disconnect'), event(channel, 'connect')]
  manager.reconnect()
  await gone
  const sent = channel.sendToQueue(queue, 'across')
  await back
  await sent
  expect(await inbox.next()).toBe('across')
})

test('of several brokers, the first that can be reached is taken', async () => {
  const dead = await linkToBroker()
  await dead.cut()
  const { url } = broker
  const manager = manage([dead.url, url])
  const failed = event<{ url: string }>(manager, 'connectFailed')
  const connected = event<{ url: string }>(manager, 'connect')
  expect((await failed).url).toBe(dead.url)
  expect((await connected).url).toBe(url)
})

test('a wrong password makes connect fail instead of trying for ever', async () => {
  const url = new URL(broker.url)
  url.password = 'wrong'
  await expect(manage(url.href).connect()).rejects.toThrow('403 (ACCESS-REFUSED)')
})

test('a consumer whose queue was deleted and made anew consumes again after a reconnect', async () => {
  const queue = scratch.queue('remade')
  const manager = manage(broker.url)
  const lostChannels = new Inbox<ConfirmChannel>()
  const channel = manager.createChannel({
    setup: (raw: ConfirmChannel) => {
      raw.on('error', () => lostChannels.push(raw))
      return raw.assertQueue(queue)
    },
  })
  await channel.waitForConnect()
  const inbox = new Inbox<string>()
  const handle = (message: ConsumeMessage) => inbox.push(message.content.toString())
  await channel.consume(queue, handle, { noAck: true })

  const admin = manage(broker.url).createChannel()
  await admin.waitForConnect()
  await admin.deleteQueue(queue)
  // Told of the deletion, the wrapper consumes again at once, fails with 404 and loses its channel.
  await lostChannels.next()
  const back = event(channel, 'connect')
  manager.reconnect()
  await back
  await channel.sendToQueue(queue, 'anew')
  expect(await inbox.next()).toBe('anew')
})

ownBrokerTest(
  'a broker restarted on its port gets the set-up and the unsent messages',
  async () => {
    const first = await startBroker()
    const queue = unique('restarted')
    const manager = manage(first.url)
    const inbox = new Inbox<string>()
    const channel = manager.createChannel({
      setup: (raw: ConfirmChannel) => raw.assertQueue(queue),
    })
    await channel.waitForConnect()
    const handle = (message: ConsumeMessage) => inbox.push(message.content.toString())
    await channel.consume(queue, handle, { noAck: true })
    await channel.sendToQueue(queue, 'before')
    expect(await inbox.next()).toBe('before')

    const disconnected = event<{ err: { code: number } }>(manager, 'disconnect')
    await first.close()
    expect((await disconnected).err.code).toBe(320)
    const sent = channel.sendToQueue(queue, 'unsent')
    const second = await startBroker({ port: first.port })
    onTestFinished(() => second.close())
    await sent
    expect(await inbox.next()).toBe('unsent')
  },
)

ownBrokerTest(
  'a manager passes on that publishers are blocked, and its messages wait',
  async () => {
    const mine = await startBroker()
    onTestFinished(() => mine.close())
    const queue = unique('blocked')
    const manager = manage(mine.url)
    const channel = manager.createChannel({
      setup: (raw: ConfirmChannel) => raw.assertQueue(queue),
    })
    await channel.waitForConnect()
    const blocked = event(manager, 'blocked')
    const unblocked = event(manager, 'unblocked')
    mine.setAlarm(true)
    const sent = Promise.all([1, 2, 3].map((i) => channel.sendToQueue(queue, `${i}`)))
    expect(await blocked).toEqual({ reason: 'low on memory' })
    mine.setAlarm(false)
    await unblocked
    await sent
    expect((await channel.checkQueue(queue)).messageCount).toBe(3)
  },
)
