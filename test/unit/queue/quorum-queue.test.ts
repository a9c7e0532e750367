// https://www.rabbitmq.com/docs/quorum-queues#poison-message-handling

import { describe, expect, it } from 'vitest'
import { QuorumQueue } from '../../../src/queue/quorum-queue.ts'
import { QueueFixture, TestConsumer } from './queue-fixture.ts'

function quorum(extra: Readonly<Record<string, unknown>> = {}): QueueFixture {
  return new QueueFixture({
    arguments: { 'x-queue-type': 'quorum', ...extra },
    newQueue: (parts) => new QuorumQueue(parts),
  })
}

describe('a quorum queue', () => {
  it('says how often a message came back', () => {
    const it = quorum()
    const consumer = new TestConsumer({ prefetchCount: 1 })
    it.queue.consume(consumer, false)
    it.publish('a')
    it.queue.requeue(consumer.held.splice(0))
    it.queue.resume(consumer)
    it.queue.requeue(consumer.held.splice(0))
    it.queue.resume(consumer)
    expect(consumer.taken).toEqual(['a', 'a again 1', 'a again 2'])
  })

  it('says so to who gets it from the first time on, and leaves the message itself as it is', () => {
    const it = quorum()
    it.publish('a')
    const first = it.queue.get(false)!
    it.queue.requeue([first])
    const second = it.queue.get(false)!
    const counts = [first, second].map(({ sent }) => sent.headers?.get('x-delivery-count')?.value)
    expect([counts, second.message.headers]).toEqual([[0n, 1n], undefined])
  })

  it('drops a message that came back more often than it may', () => {
    const it = quorum({ 'x-delivery-limit': 1, 'x-dead-letter-exchange': 'dlx' })
    it.publishAll(['a', 'b'])
    const [a, b] = [it.queue.get(false)!, it.queue.get(false)!]
    it.queue.requeue([b, a])
    expect(it.deaths).toEqual([])
    it.queue.requeue([it.queue.get(false)!])
    expect([it.deaths, it.queue.readyCount]).toEqual([['a delivery_limit'], 1])
    expect(it.get()).toBe('b again')
    expect(it.queue.unackedCount).toBe(1)
  })

  it('drops it the first time when it may not come back at all', () => {
    const it = quorum({ 'x-delivery-limit': 0, 'x-dead-letter-exchange': 'dlx' })
    it.publish('a')
    it.queue.requeue([it.queue.get(false)!])
    expect([it.deaths, it.queue.readyCount, it.queue.unackedCount]).toEqual([
      ['a delivery_limit'],
      0,
      0,
    ])
  })

  it('takes its limit from a policy, if that is lower', () => {
    const it = quorum({ 'x-delivery-limit': 5, 'x-dead-letter-exchange': 'dlx' })
    it.publish('a')
    it.queue.requeue([it.queue.get(false)!])
    it.apply({ 'delivery-limit': 1 })
    it.queue.requeue([it.queue.get(false)!])
    expect(it.deaths).toEqual(['a delivery_limit'])
  })

  it('does not count what is rejected for good', () => {
    const it = quorum({ 'x-delivery-limit': 0, 'x-dead-letter-exchange': 'dlx' })
    it.publish('a')
    it.queue.reject([it.queue.get(false)!])
    expect(it.deaths).toEqual(['a rejected'])
  })

  it('has nothing to say of a message whose place was another’s', () => {
    const it = quorum()
    it.publishAll(['a', 'b'])
    it.queue.requeue([it.queue.get(false)!])
    expect(it.drain()).toEqual(['a again', 'b'])
    const consumer = new TestConsumer()
    it.queue.consume(consumer, false)
    it.publish('c')
    expect(consumer.taken).toEqual(['c'])
  })
})
