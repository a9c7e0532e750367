// What somebody had who has shown it to nobody, and gives back as it was.

import { describe, expect, it } from 'vitest'
import { MessageBudget } from '../../../src/queue/message-budget.ts'
import type { Place } from '../../../src/queue/queue.ts'
import { QuorumQueue } from '../../../src/queue/quorum-queue.ts'
import { LogFixture } from '../message-log/log-fixture.ts'
import { microtasks } from '../message-log/manual-journal.ts'
import { QueueFixture, TestConsumer } from './queue-fixture.ts'

describe('a message that nobody has seen', () => {
  it('goes back to its place, and is not redelivered', () => {
    const it = new QueueFixture()
    const { queue } = it
    it.publishAll(['a', 'b', 'c'])
    const [a, b] = [queue.get(false)!, queue.get(false)!]
    queue.putBack([b, a])
    expect([queue.readyCount, queue.unackedCount]).toEqual([3, 0])
    expect(it.drain()).toEqual(['a', 'b', 'c'])
  })

  it('is redelivered if it was before', () => {
    const it = new QueueFixture()
    const { queue } = it
    it.publish('a')
    queue.requeue([queue.get(false)!])
    queue.putBack([queue.get(false)!])
    expect(it.drain()).toEqual(['a again'])
  })

  it('is redelivered when it comes back after somebody has seen it', () => {
    const it = new QueueFixture()
    const { queue } = it
    it.publish('a')
    queue.putBack([queue.get(false)!])
    queue.requeue([queue.get(false)!])
    expect(it.drain()).toEqual(['a again'])
  })

  it('is shown as one that nobody has seen', async () => {
    const it = new QueueFixture()
    const { queue } = it
    it.publishAll(['a', 'b'])
    const [a, b] = [queue.get(false)!, queue.get(false)!]
    queue.putBack([a])
    queue.requeue([b])
    const messages = await queue.browser().read(0, { count: 2, bytes: 100 })
    expect(messages.map(({ redelivered }) => redelivered)).toEqual([false, true])
  })

  it('goes at once to another consumer that can take it', () => {
    const it = new QueueFixture()
    const { queue } = it
    const [first, second] = [new TestConsumer({ prefetchCount: 1 }), new TestConsumer()]
    queue.consume(first, false)
    it.publish('a')
    queue.consume(second, false)
    queue.cancel(first)
    queue.putBack(first.held.map((place) => ({ ...place, redelivered: false })))
    expect(second.taken).toEqual(['a'])
  })

  it('was not there too often: what limits that does not count it', () => {
    const it = new QueueFixture({
      arguments: { 'x-delivery-limit': 0, 'x-dead-letter-exchange': 'dlx' },
      newQueue: (parts) => new QuorumQueue(parts),
    })
    it.publish('a')
    it.queue.putBack([it.queue.get(false)!])
    expect([it.deaths, it.drain()]).toEqual([[], ['a']])
  })

  it('is known as such when it was read back meanwhile', async () => {
    const log = new LogFixture()
    const it = new QueueFixture({
      storage: { budget: new MessageBudget(0) },
      logOf: () => log.queue,
    })
    it.publishAll(['a', 'b', 'c'], { deliveryMode: 2 })
    await log.storeAll()
    await microtasks()
    const first = new TestConsumer()
    it.queue.consume(first, false)
    await log.storeAll()
    await microtasks()
    it.queue.cancel(first)
    const [a, b, c] = first.held as [Place, Place, Place]
    it.queue.putBack([b, c].map((place) => ({ ...place, redelivered: false })))
    it.queue.requeue([a])
    const consumer = new TestConsumer()
    it.queue.consume(consumer, false)
    await log.storeAll()
    await microtasks()
    expect(consumer.taken).toEqual(['a again', 'b', 'c'])
  })
})
