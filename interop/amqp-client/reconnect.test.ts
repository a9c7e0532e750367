// Sessions of @cloudamqp/amqp-client through outages.

import type { AMQPMessage, AMQPSession } from '@cloudamqp/amqp-client'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { ownBrokerTest, startBroker } from '../support/broker.ts'
import { Inbox } from '../support/inbox.ts'
import { Link } from '../support/link.ts'
import { Scratch, unique } from '../support/scratch.ts'
import { openSession } from './client.ts'

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

/** What happens to the session, in order. */
function witness() {
  const events = new Inbox<string>()
  const options = {
    onconnect: () => events.push('connect'),
    ondisconnect: () => events.push('disconnect'),
    onfailed: () => events.push('failed'),
  }
  return { events, options }
}

test('subscriptions of both kinds go on after an outage', async () => {
  const link = await linkToBroker()
  const { events, options } = witness()
  const session = await openSession(link.url, options)
  const called = await session.queue(scratch.queue('called'))
  const iterated = await session.queue(scratch.queue('iterated'))
  const received = new Inbox<string | null>()
  await called.subscribe({ prefetch: 5 }, (message) => received.push(message.bodyString()))
  const subscription = await iterated.subscribe()
  const iteration = (async () => {
    for await (const message of subscription) received.push(message.bodyString())
  })()
  await called.publish('one')
  expect(await received.next()).toBe('one')
  await iterated.publish('two')
  expect(await received.next()).toBe('two')

  expect(await events.next()).toBe('connect')
  await link.cut()
  expect(await events.next()).toBe('disconnect')
  await link.mend()
  expect(await events.next()).toBe('connect')
  // An iterator acknowledges a message when it goes on, so the second comes back.
  await called.publish('three')
  expect((await received.take(2)).toSorted()).toEqual(['three', 'two'])
  await iterated.publish('four')
  expect(await received.next()).toBe('four')
  await subscription.cancel()
  await session.stop()
  await iteration
})

test('what was not acknowledged when the connection broke is delivered again', async () => {
  const link = await linkToBroker()
  const session = await openSession(link.url)
  const queue = await session.queue(scratch.queue('in-work'))
  const inbox = new Inbox<AMQPMessage>()
  await queue.subscribe({ manualAck: true }, inbox.push)
  await queue.publish('job')
  expect((await inbox.next()).redelivered).toBe(false)
  link.reset()
  const again = await inbox.next()
  expect(again.redelivered).toBe(true)
  await again.ack()
})

test('a queue that the broker names is declared anew on every connection', async () => {
  const link = await linkToBroker()
  const exchange = scratch.exchange('news')
  const received = new Inbox<string | null>()
  const names = new Inbox<string>()
  const subscribe = async (session: AMQPSession) => {
    const source = await session.fanoutExchange(exchange)
    const queue = await session.queue('', { exclusive: true })
    await queue.bind(source)
    await queue.subscribe((message) => received.push(message.bodyString()))
    names.push(queue.name)
  }
  await openSession(link.url, { onconnect: (session) => void subscribe(session) })
  const publisher = await (await openSession(broker.url)).fanoutExchange(exchange)
  const first = await names.next()
  await publisher.publish('first edition')
  expect(await received.next()).toBe('first edition')

  link.reset()
  expect(await names.next()).not.toBe(first)
  await publisher.publish('second edition')
  expect(await received.next()).toBe('second edition')
})

test('a session gives up after as many attempts as it was allowed', async () => {
  const link = await linkToBroker()
  const { events, options } = witness()
  await openSession(link.url, { ...options, maxRetries: 2, reconnectInterval: 10 })
  await link.cut()
  expect(await events.take(3)).toEqual(['connect', 'disconnect', 'failed'])
})

test('a queue that is gone when its subscription recovers is reported', async () => {
  const link = await linkToBroker()
  const failures = new Inbox<[string, Error]>()
  const session = await openSession(link.url, {
    onrecoverfailed: (queue, error) => failures.push([queue, error]),
  })
  const queue = await session.queue(scratch.queue('gone'))
  await queue.subscribe(() => {})
  await link.cut()
  const admin = await openSession(broker.url)
  await (await admin.queue(queue.name)).delete()
  await link.mend()
  const [name, error] = await failures.next()
  expect(name).toBe(queue.name)
  expect(error.message).toContain(`NOT_FOUND - no queue '${queue.name}' in vhost '/'`)
})

ownBrokerTest(
  'a session comes back to a restarted broker and makes its topology again',
  async () => {
    const first = await startBroker()
    const exchange = unique('news')
    const received = new Inbox<string | null>()
    const subscribed = new Inbox<void>()
    const errors: (string | undefined)[] = []
    const subscribe = async (fresh: AMQPSession) => {
      const queue = await fresh.queue('', { exclusive: true })
      await queue.bind(await fresh.fanoutExchange(exchange))
      await queue.subscribe((message) => received.push(message.bodyString()))
      subscribed.push()
    }
    const session = await openSession(first.url, {
      onconnect: (fresh) => void subscribe(fresh),
      ondisconnect: (error) => errors.push(error?.message),
    })
    await subscribed.next()
    await (await session.fanoutExchange(exchange)).publish('before')
    expect(await received.next()).toBe('before')

    await first.close()
    const second = await startBroker({ port: first.port })
    onTestFinished(() => second.close())
    await subscribed.next()
    await (await session.fanoutExchange(exchange)).publish('after')
    expect(await received.next()).toBe('after')
    expect(errors).toEqual([expect.stringContaining('CONNECTION_FORCED')])
  },
)

ownBrokerTest('a session is told that it is blocked, and its publishes wait', async () => {
  const mine = await startBroker()
  onTestFinished(() => mine.close())
  const events = new Inbox<string>()
  const session = await openSession(mine.url, {
    onblocked: (reason) => events.push(`blocked: ${reason}`),
    onunblocked: () => events.push('unblocked'),
  })
  const queue = await session.queue(unique('blocked'))
  mine.setAlarm(true)
  const published = queue.publish('held back')
  expect(await events.next()).toBe('blocked: low on memory')
  mine.setAlarm(false)
  expect(await events.next()).toBe('unblocked')
  await published
  expect((await queue.get())?.bodyString()).toBe('held back')
})
