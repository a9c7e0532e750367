// rascal through outages: it connects again, asserts its configuration again, subscribes again.

import { afterAll, expect, onTestFinished, test } from 'vitest'
import { ownBrokerTest, startBroker } from '../support/broker.ts'
import { Inbox } from '../support/inbox.ts'
import { Link } from '../support/link.ts'
import { openRascal, publish, subscribe } from './session.ts'

const broker = await startBroker()
afterAll(() => broker.close())

const demo = { exchanges: ['e'], queues: ['q'], bindings: ['e[#] -> q'] }

async function linkToBroker(): Promise<Link> {
  const link = await Link.to(broker.url)
  onTestFinished(() => link.close())
  return link
}

test('publications and subscriptions go on after an outage', async () => {
  const link = await linkToBroker()
  const { rascalBroker, errors } = await openRascal(link.url, demo)
  const { inbox } = await subscribe(rascalBroker, '/q')
  await publish(rascalBroker, '/e', 'before', 'key')
  const before = await inbox.next()
  expect(before.content).toBe('before')
  before.ackOrNack()

  const initialised = new Promise((resolve) => rascalBroker.once('vhost_initialised', resolve))
  await link.cut()
  expect(await errors.next()).toBeInstanceOf(Error)
  await link.mend()
  await initialised
  await publish(rascalBroker, '/e', 'after', 'key')
  // The acknowledgement of the first may have been lost with its connection.
  let next = await inbox.next()
  if (next.content === 'before') {
    next.ackOrNack()
    next = await inbox.next()
  }
  expect(next.content).toBe('after')
  next.ackOrNack()
})

test('a publish during an outage is held until it is over, unless it is aborted', async () => {
  const link = await linkToBroker()
  const { rascalBroker, errors } = await openRascal(link.url, demo)
  const { inbox } = await subscribe(rascalBroker, '/q', { options: { noAck: true } })
  await link.cut()
  await errors.next()
  const paused = new Inbox<string>()
  const [aborted, held] = [
    await rascalBroker.publish('/e', 'aborted', 'key'),
    await rascalBroker.publish('/e', 'held', 'key'),
  ]
  aborted.on('paused', (messageId) => {
    paused.push(messageId)
    aborted.abort()
  })
  await paused.next()
  const sent = new Promise((resolve) => held.on('success', resolve))
  await link.mend()
  await sent
  expect((await inbox.next()).content).toBe('held')
})

test('a subscription whose channel failed subscribes again', async () => {
  const { rascalBroker } = await openRascal(broker.url, demo)
  const { inbox, errors } = await subscribe(rascalBroker, '/q')
  await publish(rascalBroker, '/q', 'first')
  const { message, ackOrNack } = await inbox.next()
  // A tag that was never delivered, as a program would send that mixes up its channels.
  message.fields.deliveryTag = 4711
  ackOrNack()
  expect((await errors.next()).message).toContain('PRECONDITION_FAILED - unknown delivery tag 4711')
  const redelivery = await inbox.next()
  expect(redelivery.content).toBe('first')
  expect(redelivery.message.fields.redelivered).toBe(true)
  redelivery.ackOrNack()
})

test('a subscription is told that its queue was deleted', async () => {
  const { rascalBroker } = await openRascal(broker.url, demo)
  const { subscription } = await subscribe(rascalBroker, '/q', { retry: false })
  const cancelled = new Promise<Error>((resolve) => subscription.on('cancelled', resolve))
  const connection = await rascalBroker.connect('/')
  connection.createChannel((_error, channel) => {
    channel.deleteQueue(rascalBroker.getFullyQualifiedName('/', 'q'), {}, () => connection.close())
  })
  expect((await cancelled).message).toContain('was cancelled by the broker')
})

ownBrokerTest('a restarted broker gets the whole configuration again', async () => {
  const first = await startBroker()
  let second = first
  // Before rascal's own clean-up is registered, so that it comes after that.
  onTestFinished(() => second.close())
  const { rascalBroker, errors } = await openRascal(first.url, demo)
  const { inbox } = await subscribe(rascalBroker, '/q')
  await publish(rascalBroker, '/e', 'before', 'key')
  const before = await inbox.next()
  before.ackOrNack()
  const initialised = new Promise((resolve) => rascalBroker.once('vhost_initialised', resolve))
  await first.close()
  expect((await errors.next()).message).toContain('CONNECTION_FORCED')
  second = await startBroker({ port: first.port })
  await initialised
  await publish(rascalBroker, '/e', 'after', 'key')
  const after = await inbox.next()
  expect(after.content).toBe('after')
  after.ackOrNack()
})

ownBrokerTest('a blocked connection is announced with its virtual host', async () => {
  const mine = await startBroker()
  onTestFinished(() => mine.close())
  const { rascalBroker } = await openRascal(mine.url, demo)
  const events = new Inbox<unknown>()
  rascalBroker.on('blocked', (reason, { vhost }) => events.push(['blocked', reason, vhost]))
  rascalBroker.on('unblocked', ({ vhost }) => events.push(['unblocked', vhost]))
  mine.setAlarm(true)
  const published = publish(rascalBroker, '/e', 'held back', 'key')
  expect(await events.next()).toEqual(['blocked', 'low on memory', '/'])
  mine.setAlarm(false)
  expect(await events.next()).toEqual(['unblocked', '/'])
  await published
})
