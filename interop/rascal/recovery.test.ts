// What rascal does with messages that could not be handled: its recovery strategies, its counting
// of redeliveries, its protection from content it cannot read.

import type { ConsumeMessage } from 'amqplib'
import type { AckOrNack } from 'rascal'
import { afterAll, expect, test } from 'vitest'
import { startBroker } from '../support/broker.ts'
import { Inbox } from '../support/inbox.ts'
import { openRascal, publish, readyCount, subscribe } from './session.ts'

const broker = await startBroker()
afterAll(() => broker.close())

const failed = new Error('could not be handled')
const jobs = { exchanges: ['e'], queues: ['jobs', 'parked'], bindings: ['e[job.#] -> jobs'] }

test('a nacked message is gone, a requeued one comes again at once', async () => {
  const { rascalBroker } = await openRascal(broker.url, jobs)
  const { inbox } = await subscribe(rascalBroker, '/jobs', { prefetch: 1 })
  for (const content of ['bad', 'flaky', 'good']) await publish(rascalBroker, '/jobs', content)

  const bad = await inbox.next()
  bad.ackOrNack(failed, { strategy: 'nack' })
  const flaky = await inbox.next()
  flaky.ackOrNack(failed, { strategy: 'nack', requeue: true, defer: 10 })
  const again = await inbox.next()
  expect(again.content).toBe('flaky')
  expect(again.message.fields.redelivered).toBe(true)
  again.ackOrNack()
  const good = await inbox.next()
  expect(good.content).toBe('good')
  good.ackOrNack()
})

test('a republished message goes to the end of its queue, as often as it may', async () => {
  const { rascalBroker } = await openRascal(broker.url, jobs)
  const { inbox } = await subscribe(rascalBroker, '/jobs', { prefetch: 1 })
  const messageId = await publish(rascalBroker, '/e', 'stubborn', 'job.hard')
  await publish(rascalBroker, '/e', 'easy', 'job.easy')

  const seen: unknown[] = []
  for (let i = 0; i < 4; i++) {
    const { message, content, ackOrNack } = await inbox.next()
    seen.push([content, message.properties.headers?.['rascal']?.error?.message])
    if (content === 'easy') {
      ackOrNack()
      continue
    }
    expect(message.properties.messageId).toBe(messageId)
    // Rascal puts the exchange and the key back that the message was published with.
    expect(message.fields).toMatchObject({ routingKey: 'job.hard', redelivered: false })
    ackOrNack(failed, [{ strategy: 'republish', attempts: 2 }, { strategy: 'nack' }])
  }
  expect(seen).toEqual([
    ['stubborn', undefined],
    ['easy', undefined],
    ['stubborn', failed.message],
    ['stubborn', failed.message],
  ])
  await expect.poll(() => readyCount(rascalBroker, 'jobs')).toBe(0)
})

test('a forwarded message goes to another publication, with its history in the headers', async () => {
  const { rascalBroker } = await openRascal(broker.url, jobs)
  const { inbox } = await subscribe(rascalBroker, '/jobs')
  const { inbox: parked } = await subscribe(rascalBroker, '/parked')
  await publish(rascalBroker, '/e', { n: 1 }, 'job.odd')
  const job = await inbox.next()
  job.ackOrNack(failed, [{ strategy: 'forward', publication: '/parked' }, { strategy: 'nack' }])

  const { message, content, ackOrNack } = await parked.next()
  const queue = rascalBroker.getFullyQualifiedName('/', 'jobs')
  expect(content).toEqual({ n: 1 })
  expect(message.properties.headers).toMatchObject({
    CC: [`${queue}.job.odd`],
    rascal: { error: { message: failed.message }, recovery: { [queue]: { forwarded: 1 } } },
  })
  ackOrNack()
})

test('a message can be forwarded by hand, and keeps its routing key', async () => {
  const { rascalBroker } = await openRascal(broker.url, {
    ...jobs,
    exchanges: ['e', 'onward'],
    bindings: ['e[job.#] -> jobs', 'onward[job.*.done] -> parked'],
  })
  const { inbox } = await subscribe(rascalBroker, '/jobs')
  const { inbox: parked } = await subscribe(rascalBroker, '/parked')
  await publish(rascalBroker, '/e', 'work', 'job.a.done')
  const { message, ackOrNack } = await inbox.next()
  const publication = await rascalBroker.forward('/onward', message)
  await new Promise((resolve) => publication.on('success', resolve))
  ackOrNack()

  const forwarded = await parked.next()
  expect(forwarded.content).toBe('work')
  expect(forwarded.message.fields.routingKey).toBe('job.a.done')
  expect(forwarded.message.properties.messageId).toBe(message.properties.messageId)
  forwarded.ackOrNack()
})

test('a message that is redelivered again and again is stopped by the counter', async () => {
  const { rascalBroker } = await openRascal(
    broker.url,
    { ...jobs, subscriptions: { s: { queue: 'jobs', redeliveries: { limit: 3, counter: 'c' } } } },
    { redeliveries: { counters: { c: { type: 'inMemory', size: 100 } } } },
  )
  const { subscription, inbox } = await subscribe(rascalBroker, 's')
  const exceeded = new Inbox<{ error: Error; ackOrNack: AckOrNack }>()
  subscription.on('redeliveries_exceeded', (error, _message, ackOrNack) => {
    exceeded.push({ error, ackOrNack })
  })
  await publish(rascalBroker, '/jobs', 'poison')
  for (let i = 0; i < 4; i++) {
    const { message, ackOrNack } = await inbox.next()
    expect(message.properties.headers?.['rascal'].redeliveries).toBe(i)
    ackOrNack(failed, { strategy: 'nack', requeue: true })
  }
  const { error, ackOrNack } = await exceeded.next()
  expect(error.message).toContain('has exceeded 3 redeliveries')
  ackOrNack(error)
  await expect.poll(() => readyCount(rascalBroker, 'jobs')).toBe(0)
})

test('content that is not what its type says goes to the handler of invalid content', async () => {
  const { rascalBroker } = await openRascal(broker.url, jobs)
  const { subscription } = await subscribe(rascalBroker, '/jobs')
  const invalid = new Inbox<{ message: ConsumeMessage; ackOrNack: AckOrNack }>()
  subscription.on('invalid_content', (_error, message, ackOrNack) => {
    invalid.push({ message, ackOrNack })
  })
  await publish(rascalBroker, '/jobs', 'not { JSON', {
    options: { contentType: 'application/json' },
  })
  const { message, ackOrNack } = await invalid.next()
  expect(message.content.toString()).toBe('not { JSON')
  ackOrNack(failed)
})

test('everything a subscription holds can be acknowledged together', async () => {
  const { rascalBroker } = await openRascal(broker.url, jobs)
  const { subscription, inbox } = await subscribe(rascalBroker, '/jobs', { prefetch: 5 })
  for (let i = 0; i < 5; i++) await publish(rascalBroker, '/jobs', i)
  const last = (await inbox.take(5)).at(-1)
  last?.ackOrNack(null, { all: true } as never)
  await subscription.cancel()
  expect(await readyCount(rascalBroker, 'jobs')).toBe(0)
})

test('a cancelled subscription leaves the rest to others, and what it held once it is gone', async () => {
  const { rascalBroker } = await openRascal(broker.url, jobs)
  const { subscription, inbox } = await subscribe(rascalBroker, '/jobs', { prefetch: 2 })
  for (let i = 0; i < 4; i++) await publish(rascalBroker, '/jobs', i)
  const [held] = await inbox.take(2)
  held?.ackOrNack()
  // It waits for the acknowledgement of the third, which never comes, and then closes its channel.
  await subscription.cancel().catch(() => {})
  const { inbox: rest } = await subscribe(rascalBroker, '/jobs')
  const deliveries = await rest.take(3)
  expect(deliveries.map(({ content }) => content)).toEqual([1, 2, 3])
  for (const { ackOrNack } of deliveries) ackOrNack()
})
