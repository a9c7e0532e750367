// x-expires. https://www.rabbitmq.com/docs/ttl#queue-ttl

import { describe, expect, it } from 'vitest'
import { QueueFixture, TestConsumer } from './queue-fixture.ts'

const expiring = () => new QueueFixture({ arguments: { 'x-expires': 100 } })

describe('a queue that expires', () => {
  it('does so when nobody has used it for that long', () => {
    const it = expiring()
    it.clock.advance(99)
    expect(it.expiredCount).toBe(0)
    it.clock.advance(1)
    expect([it.expiredCount, it.clock.pendingCount]).toEqual([1, 0])
  })

  it('is used by who gets a message, or declares it again', () => {
    const it = expiring()
    it.clock.advance(60)
    it.get()
    it.clock.advance(60)
    it.queue.touch()
    it.clock.advance(99)
    expect(it.expiredCount).toBe(0)
    it.clock.advance(1)
    expect(it.expiredCount).toBe(1)
  })

  it('is not used by publishing, nor by what was taken coming back', () => {
    const it = expiring()
    it.publish('a')
    const taken = it.queue.get(false)!
    it.clock.advance(60)
    it.publish('b')
    it.queue.requeue([taken])
    it.clock.advance(40)
    expect(it.expiredCount).toBe(1)
  })

  it('is used for as long as it has consumers', () => {
    const it = expiring()
    const [one, other] = [new TestConsumer(), new TestConsumer()]
    it.queue.consume(one, false)
    it.queue.consume(other, false)
    it.clock.advance(500)
    it.queue.cancel(one)
    it.clock.advance(500)
    expect(it.expiredCount).toBe(0)
    it.queue.cancel(other)
    it.clock.advance(99)
    expect(it.expiredCount).toBe(0)
    it.clock.advance(1)
    expect(it.expiredCount).toBe(1)
  })

  it('does so by a policy, from when that comes into force', () => {
    const it = new QueueFixture()
    it.clock.advance(1000)
    it.apply({ expires: 50 })
    it.clock.advance(49)
    expect(it.expiredCount).toBe(0)
    it.apply({})
    it.clock.advance(1000)
    expect([it.expiredCount, it.clock.pendingCount]).toEqual([0, 0])
    it.apply({ expires: 50 })
    it.clock.advance(50)
    expect(it.expiredCount).toBe(1)
  })

  it('has no timer when it is deleted, and gets none', () => {
    const it = expiring()
    it.queue.delete()
    expect(it.clock.pendingCount).toBe(0)
    it.get()
    it.queue.touch()
    expect(it.clock.pendingCount).toBe(0)
  })
})
