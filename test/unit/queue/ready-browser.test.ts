// Looking at a queue, and taking out of it: beside what the model of deep queues checks.

import { describe, expect, it } from 'vitest'
import type { BrowsedMessage } from '../../../src/queue/browsing.ts'
import { LogFixture, recover } from '../message-log/log-fixture.ts'
import { nameOf, QueueFixture, TestConsumer } from './queue-fixture.ts'

const MANY = { count: 100, bytes: 1_000_000 }
const names = (browsed: readonly BrowsedMessage[]) => browsed.map(({ message }) => nameOf(message))

/** All pieces of a walk, and what is done after each of them. */
async function walked({ queue }: QueueFixture, limits = MANY, then = () => {}) {
  const seen: string[][] = []
  for await (const piece of queue.browser().walk(limits)) {
    seen.push(names(piece))
    then()
  }
  return seen
}

describe('looking at a queue', () => {
  it('is no use of it: it expires all the same', async () => {
    const fixture = new QueueFixture({ arguments: { 'x-expires': 1000 } })
    fixture.publish('a')
    fixture.clock.advance(900)
    expect(names(await fixture.queue.browser().read(0, MANY))).toEqual(['a'])
    fixture.clock.advance(100)
    expect(fixture.expiredCount).toBe(1)
  })

  it('ends with the message that makes the bodies too much', async () => {
    const fixture = new QueueFixture()
    for (const name of ['a', 'b', 'c']) fixture.publish(name, {}, 100)
    const read = (bytes: number) => fixture.queue.browser().read(0, { count: 10, bytes })
    expect(names(await read(1))).toEqual(['a'])
    expect(names(await read(100))).toEqual(['a'])
    expect(names(await read(101))).toEqual(['a', 'b'])
  })

  it('finds nothing under an id that is none of its own', async () => {
    const fixture = new QueueFixture()
    const { queue } = fixture
    fixture.publish('a')
    for (const id of ['', 'x', '0', '0-1', '1-0', '-1-0', '0-99999999999999999', '0-0 ']) {
      expect(await queue.browser().find(id)).toBeUndefined()
    }
    expect(await queue.browser().find('0-0')).toBeDefined()
  })
})

describe('walking through a queue', () => {
  it('comes to all that were there at the beginning, in pieces', async () => {
    const fixture = new QueueFixture({ arguments: { 'x-max-priority': 2 } })
    fixture.publishAll(['a', 'b', 'c'])
    fixture.publish('d', { priority: 2 })
    const publish = () => fixture.publishAll(['late'], { priority: 2 })
    expect(await walked(fixture, { count: 2, bytes: 1000 }, publish)).toEqual([
      ['d'],
      ['a', 'b'],
      ['c'],
    ])
  })

  it('passes over what has left meanwhile', async () => {
    const fixture = new QueueFixture()
    fixture.publishAll(['a', 'b', 'c', 'd'])
    const getTwo = () => {
      fixture.get()
      fixture.get()
    }
    expect(await walked(fixture, { count: 1, bytes: 1000 }, getTwo)).toEqual([['a'], ['c']])
  })
})

describe('taking a message out', () => {
  it('has it arrive once, when it has left', async () => {
    const fixture = new QueueFixture()
    fixture.publishAll(['a', 'b'])
    const browser = fixture.queue.browser()
    const [, b] = await browser.read(0, MANY)
    const left: number[] = []
    const arrive = () => left.push(fixture.queue.readyCount)
    expect(browser.takeOut(b as BrowsedMessage, arrive)).toBe(true)
    expect(browser.takeOut(b as BrowsedMessage, arrive)).toBe(false)
    expect(left).toEqual([1])
    expect(fixture.drain()).toEqual(['a'])
  })

  it('makes the next one first, which may have expired', async () => {
    const fixture = new QueueFixture({ arguments: { 'x-dead-letter-exchange': 'dlx' } })
    fixture.publish('a')
    fixture.publish('b', { expiration: '10' })
    fixture.clock.advance(10)
    expect(fixture.deaths).toEqual([])
    const [a] = await fixture.queue.browser().read(0, MANY)
    fixture.queue.browser().takeOut(a as BrowsedMessage)
    expect(fixture.deaths).toEqual(['b expired'])
  })

  it('is stored as one with where it arrives: both, or neither', async () => {
    const log = new LogFixture()
    const [from, to] = [log.queue, log.other].map(
      (queueLog) => new QueueFixture({ clock: log.clock, logOf: () => queueLog }),
    ) as [QueueFixture, QueueFixture]
    from.publish('a', { deliveryMode: 2 })
    await log.storeAll()
    const [a] = await from.queue.browser().read(0, MANY)
    const arrive = () => to.queue.publish((a as BrowsedMessage).message)
    expect(from.queue.browser().takeOut(a as BrowsedMessage, arrive)).toBe(true)
    const counts = ({ queue, other }: LogFixture) => [queue.count, other.count]
    expect(counts(await recover(log.journal))).toEqual([1, 0])
    await log.storeAll()
    expect(counts(await recover(log.journal))).toEqual([0, 1])
  })
})

describe('holding a message until it is known what becomes of it', () => {
  it('takes it from what is ready, but not out of the queue', async () => {
    const log = new LogFixture()
    const fixture = new QueueFixture({ clock: log.clock, logOf: () => log.queue })
    for (const name of ['a', 'b', 'c']) fixture.publish(name, { deliveryMode: 2 })
    await log.storeAll()
    const { queue } = fixture
    const [a, b] = await queue.browser().read(0, MANY)
    const held = [a, b].map((browsed) => queue.browser().hold(browsed as BrowsedMessage))
    expect(queue.browser().hold(a as BrowsedMessage)).toBeUndefined()
    expect([queue.readyCount, queue.unackedCount]).toEqual([1, 2])
    await log.storeAll()
    expect((await recover(log.journal)).queue.count).toBe(3)
    held[0]?.back()
    held[1]?.gone()
    await log.storeAll()
    expect((await recover(log.journal)).queue.count).toBe(2)
    expect([fixture.drain(), queue.unackedCount]).toEqual([['a again', 'c'], 0])
  })

  it('has it expire when it comes back too late', async () => {
    const fixture = new QueueFixture({ arguments: { 'x-dead-letter-exchange': 'dlx' } })
    fixture.publish('a', { expiration: '10' })
    const [a] = await fixture.queue.browser().read(0, MANY)
    const held = fixture.queue.browser().hold(a as BrowsedMessage)
    fixture.clock.advance(10)
    expect(fixture.deaths).toEqual([])
    held?.back()
    expect(fixture.deaths).toEqual(['a expired'])
  })
})

describe('a queue that is paused', () => {
  it('gives its consumers their turns as before when it goes on', () => {
    const fixture = new QueueFixture()
    const { queue } = fixture
    const consumers = [new TestConsumer({ prefetchCount: 2 }), new TestConsumer({ priority: 1 })]
    const [low, high] = consumers as [TestConsumer, TestConsumer]
    queue.consume(low, false)
    queue.isPaused = true
    queue.consume(high, false)
    fixture.publishAll(['a', 'b'])
    queue.resume(low)
    expect([queue.isPaused, queue.consumerCount, queue.readyCount]).toEqual([true, 2, 2])
    expect([low.taken, high.taken]).toEqual([[], []])
    queue.cancel(high)
    queue.isPaused = false
    expect([low.taken, high.taken]).toEqual([['a', 'b'], []])
  })

  it('keeps whoever is the single active one', () => {
    const fixture = new QueueFixture({ arguments: { 'x-single-active-consumer': true } })
    const consumer = new TestConsumer()
    fixture.queue.consume(consumer, false)
    fixture.queue.isPaused = true
    expect(fixture.queue.activeConsumer).toBe(consumer)
    fixture.queue.isPaused = false
    expect(fixture.queue.activeConsumer).toBe(consumer)
  })

  it('ends for all of them when it is deleted', () => {
    const fixture = new QueueFixture()
    const consumer = new TestConsumer()
    fixture.queue.consume(consumer, false)
    fixture.queue.isPaused = true
    fixture.queue.delete()
    expect(consumer.isCancelled).toBe(true)
  })
})
