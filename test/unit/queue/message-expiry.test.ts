// x-message-ttl and expiration. https://www.rabbitmq.com/docs/ttl

import { describe, expect, it } from 'vitest'
import { MessageBudget } from '../../../src/queue/message-budget.ts'
import { LogFixture, recover } from '../message-log/log-fixture.ts'
import { microtasks } from '../message-log/manual-journal.ts'
import { QueueFixture, TestConsumer } from './queue-fixture.ts'

const TO_DLX = { 'x-dead-letter-exchange': 'dlx' }

describe('a message', () => {
  it('leaves a queue when it has been ready for as long as the queue says', () => {
    const it = new QueueFixture({ arguments: { 'x-message-ttl': 100 } })
    it.publish('a')
    it.clock.advance(60)
    it.publish('b')
    it.clock.advance(39)
    expect(it.queue.readyCount).toBe(2)
    it.clock.advance(1)
    expect(it.queue.readyCount).toBe(1)
    it.clock.advance(60)
    expect([it.queue.readyCount, it.get(), it.clock.pendingCount]).toEqual([0, undefined, 0])
  })

  it('leaves by its own expiration or the time of the queue, whichever is shorter', () => {
    const it = new QueueFixture({ arguments: { 'x-message-ttl': 100, ...TO_DLX } })
    it.publish('short', { expiration: '50' })
    it.publish('long', { expiration: '500' })
    it.clock.advance(50)
    expect(it.deaths).toEqual(['short expired'])
    it.clock.advance(50)
    expect(it.deaths).toEqual(['short expired', 'long expired'])
  })

  it('that has expired waits behind one that has not, until it is at the head', () => {
    const it = new QueueFixture({ arguments: TO_DLX })
    it.publish('first')
    it.publish('second', { expiration: '50' })
    it.publish('third', { expiration: '50' })
    it.clock.advance(200)
    expect([it.queue.readyCount, it.deaths]).toEqual([3, []])
    expect(it.get()).toBe('first')
    expect([it.queue.readyCount, it.deaths]).toEqual([0, ['second expired', 'third expired']])
  })

  it('expires when it has come to the head, though nobody asks for it', () => {
    const it = new QueueFixture()
    it.publish('first')
    it.publish('second', { expiration: '50' })
    it.get()
    it.clock.advance(50)
    expect(it.queue.readyCount).toBe(0)
  })

  it('that has no time at all goes to a consumer who waits, and nowhere else', () => {
    const it = new QueueFixture({ arguments: { 'x-message-ttl': 0, ...TO_DLX } })
    it.publish('nobody')
    expect([it.queue.readyCount, it.deaths]).toEqual([0, ['nobody expired']])
    const consumer = new TestConsumer()
    it.queue.consume(consumer, false)
    it.publish('somebody', { expiration: '0' })
    expect([consumer.taken, it.deaths]).toEqual([['somebody'], ['nobody expired']])
  })

  it('does not expire while somebody has it, and does at once when it comes back too late', () => {
    const it = new QueueFixture({ arguments: { 'x-message-ttl': 100, ...TO_DLX } })
    const consumer = new TestConsumer({ prefetchCount: 2 })
    it.queue.consume(consumer, false)
    it.publishAll(['a', 'b'])
    it.clock.advance(99)
    it.queue.requeue(consumer.held.splice(0, 1))
    expect([it.queue.readyCount, it.deaths]).toEqual([0, []])
    expect(consumer.taken).toEqual(['a', 'b', 'a again'])
    it.clock.advance(100)
    it.queue.requeue(consumer.held.splice(0))
    expect([it.queue.readyCount, it.queue.unackedCount]).toEqual([0, 0])
    expect(it.deaths).toEqual(['a expired', 'b expired'])
  })

  it('that came back expires when its time is over, before those behind it', () => {
    const it = new QueueFixture({ arguments: { 'x-message-ttl': 100, ...TO_DLX } })
    it.publish('a')
    const taken = it.queue.get(false)
    it.clock.advance(50)
    it.publish('b')
    it.queue.requeue([taken!])
    it.clock.advance(50)
    expect([it.deaths, it.queue.readyCount]).toEqual([['a expired'], 1])
    it.clock.advance(50)
    expect(it.deaths).toEqual(['a expired', 'b expired'])
  })

  it('keeps the time that it came with when a policy says something else later', () => {
    const it = new QueueFixture({ arguments: TO_DLX })
    it.publish('before')
    it.apply({ 'message-ttl': 100 })
    it.publish('after')
    it.clock.advance(100)
    expect([it.deaths, it.queue.readyCount]).toEqual([[], 2])
    it.get()
    expect(it.deaths).toEqual(['after expired'])
    it.apply({})
    it.publish('last')
    it.clock.advance(1000)
    expect(it.queue.readyCount).toBe(1)
  })

  it('can be kept for ten years', () => {
    const tenYearsMs = 315_360_000_000
    const it = new QueueFixture({ arguments: { 'x-message-ttl': tenYearsMs } })
    it.publish('a')
    it.clock.advance(tenYearsMs - 1)
    expect(it.queue.readyCount).toBe(1)
    it.clock.advance(1)
    expect(it.queue.readyCount).toBe(0)
  })
})

describe('the timer of a queue', () => {
  it('is one, however many messages there are, and none when there are none', () => {
    const it = new QueueFixture({ arguments: { 'x-message-ttl': 100 } })
    for (let n = 0; n < 50; n++) {
      it.publish(`${n}`)
      it.clock.advance(1)
    }
    expect(it.clock.pendingCount).toBe(1)
    it.queue.delete()
    expect(it.clock.pendingCount).toBe(0)
  })
})

describe('a burst of messages that expire together', () => {
  const burst = (): QueueFixture => {
    const it = new QueueFixture({ arguments: { 'x-message-ttl': 100, ...TO_DLX } })
    for (let n = 0; n < 2500; n++) it.publish(`${n}`)
    it.clock.advance(100)
    return it
  }

  it('leaves in portions, so that others have their turn', () => {
    const it = burst()
    expect([it.letters.length, it.queue.isLoading]).toEqual([1000, true])
    it.clock.advance(1)
    expect(it.letters.length).toBe(2000)
    it.clock.advance(1)
    expect([it.letters.length, it.queue.isLoading, it.queue.readyCount]).toEqual([2500, false, 0])
  })

  it('is not handed out meanwhile, and what is behind it comes afterwards', () => {
    const it = burst()
    const consumer = new TestConsumer()
    it.queue.consume(consumer, false)
    it.publish('late')
    expect([consumer.taken, it.get()]).toEqual([[], undefined])
    it.clock.advance(2)
    expect([consumer.taken, it.letters.length]).toEqual([['late'], 2500])
  })

  it('keeps nobody waiting when the queue is purged or deleted meanwhile', async () => {
    const purged = burst()
    expect(purged.queue.purge()).toBe(1500)
    purged.publish('new')
    purged.clock.advance(1)
    expect([purged.queue.isLoading, purged.get()]).toEqual([false, 'new'])

    const deleted = burst()
    const isOver = deleted.queue.whenLoaded().then(() => true)
    deleted.queue.delete()
    expect(await isOver).toBe(true)
    expect([deleted.queue.isLoading, deleted.get()]).toEqual([false, undefined])
    expect([deleted.clock.pendingCount, deleted.letters.length]).toEqual([0, 1000])
  })

  it('is as small a portion as its bodies are large', () => {
    const it = new QueueFixture({ arguments: { 'x-message-ttl': 100, ...TO_DLX } })
    const bytes = 300 * 1024
    for (let n = 0; n < 10; n++) it.publish(`${n}`, {}, bytes)
    it.clock.advance(100)
    expect(it.letters.length).toBeLessThan(6)
    it.clock.advance(10)
    expect(it.letters.length).toBe(10)
  })
})

describe('a durable queue', () => {
  const persistent = { deliveryMode: 2 }
  const options = { arguments: { 'x-message-ttl': 100, ...TO_DLX } }

  it('lets messages expire that it had before a restart, though nobody uses it', async () => {
    const log = new LogFixture()
    const before = new QueueFixture({ ...options, logOf: () => log.queue })
    const { clock } = before
    before.publishAll(['a', 'b'], persistent)
    clock.advance(50)
    before.publish('c', persistent)
    await log.storeAll()

    const next = await recover(log.journal)
    clock.advance(50)
    const after = new QueueFixture({ ...options, clock, logOf: () => next.queue })
    await microtasks()
    expect([after.deaths, after.queue.readyCount]).toEqual([['a expired', 'b expired'], 1])
    clock.advance(50)
    expect([after.deaths.at(-1), after.queue.readyCount]).toEqual(['c expired', 0])
    await next.storeAll()
    expect(next.queue.count).toBe(0)
  })

  it('remembers when those expire that are not in memory', async () => {
    const log = new LogFixture()
    const budget = new MessageBudget(0)
    const it = new QueueFixture({ ...options, storage: { budget }, logOf: () => log.queue })
    it.publishAll(['a', 'b'], persistent)
    await log.storeAll()
    it.clock.advance(50)
    it.publishAll(['c'], persistent)
    await log.storeAll()
    it.clock.advance(50)
    for (let n = 0; n < 5; n++) await microtasks()
    expect(it.deaths).toEqual(['a expired', 'b expired'])
    it.clock.advance(50)
    for (let n = 0; n < 5; n++) await microtasks()
    expect(it.deaths).toEqual(['a expired', 'b expired', 'c expired'])
  })

  it('stores that a message has left before it is known to have arrived elsewhere, or neither', async () => {
    const log = new LogFixture()
    const it = new QueueFixture({ ...options, logOf: () => log.queue })
    it.publish('a', persistent)
    await log.storeAll()
    it.clock.advance(100)
    expect([it.deaths, log.queue.count]).toEqual([['a expired'], 0])
    expect(await log.recovered()).toEqual(['1/0 a'])
    await log.storeAll()
    expect(await log.recovered()).toEqual([])
  })
})
