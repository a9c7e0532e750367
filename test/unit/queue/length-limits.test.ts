// x-max-length, x-max-length-bytes, x-overflow. https://www.rabbitmq.com/docs/maxlength

import { describe, expect, it } from 'vitest'
import { ACCEPTED, REJECTED } from '../../../src/exchange/destination.ts'
import { LogFixture, recover } from '../message-log/log-fixture.ts'
import { microtasks } from '../message-log/manual-journal.ts'
import { QueueFixture, TestConsumer } from './queue-fixture.ts'

const TO_DLX = { 'x-dead-letter-exchange': 'dlx' }

describe('a queue that may have so many messages', () => {
  it('drops those at its head', () => {
    const it = new QueueFixture({ arguments: { 'x-max-length': 2, ...TO_DLX } })
    it.publishAll(['a', 'b', 'c', 'd'])
    expect(it.deaths).toEqual(['a maxlen', 'b maxlen'])
    expect(it.drain()).toEqual(['c', 'd'])
  })

  it('counts only those that are ready, and drops the first when some come back', () => {
    const it = new QueueFixture({ arguments: { 'x-max-length': 2, ...TO_DLX } })
    it.publishAll(['a', 'b'])
    const taken = [it.queue.get(false)!, it.queue.get(false)!]
    it.publishAll(['c', 'd'])
    expect(it.deaths).toEqual([])
    it.queue.requeue(taken)
    expect(it.deaths).toEqual(['a maxlen', 'b maxlen'])
    expect(it.drain()).toEqual(['c', 'd'])
  })

  it('gives a consumer what is one too many', () => {
    const it = new QueueFixture({ arguments: { 'x-max-length': 0, ...TO_DLX } })
    it.publish('nobody')
    const consumer = new TestConsumer({ prefetchCount: 1 })
    it.queue.consume(consumer, false)
    it.publishAll(['taken', 'left'])
    expect([consumer.taken, it.deaths]).toEqual([['taken'], ['nobody maxlen', 'left maxlen']])
  })

  it('has as many as a policy says from then on', () => {
    const it = new QueueFixture({ arguments: { 'x-max-length': 4, ...TO_DLX } })
    it.publishAll(['a', 'b', 'c', 'd'])
    it.apply({ 'max-length': 1 })
    expect([it.deaths.length, it.queue.readyCount]).toEqual([3, 1])
    it.apply({ 'max-length': 9 })
    it.publishAll(['e', 'f', 'g', 'h'])
    expect(it.drain()).toEqual(['e', 'f', 'g', 'h'])
  })

  it('drops thousands in portions', () => {
    const it = new QueueFixture()
    for (let n = 0; n < 2500; n++) it.publish(`${n}`)
    it.apply({ 'max-length': 1 })
    expect([it.queue.readyCount, it.queue.isLoading]).toEqual([1500, true])
    it.publish('last')
    it.clock.advance(2)
    expect([it.queue.isLoading, it.drain()]).toEqual([false, ['last']])
  })
})

describe('a queue whose bodies may have so many octets', () => {
  it('drops from its head until the rest fits, be it nothing', () => {
    const it = new QueueFixture({ arguments: { 'x-max-length-bytes': 100, ...TO_DLX } })
    it.publish('a', {}, 40)
    it.publish('b', {}, 60)
    expect([it.deaths, it.queue.readyBytes]).toEqual([[], 100])
    it.publish('c', {}, 50)
    expect([it.deaths, it.queue.readyBytes]).toEqual([['a maxlen', 'b maxlen'], 50])
    it.publish('d', {}, 101)
    expect([it.deaths.slice(2), it.queue.readyBytes]).toEqual([['c maxlen', 'd maxlen'], 0])
  })

  it('counts empty bodies for nothing', () => {
    const it = new QueueFixture({ arguments: { 'x-max-length-bytes': 0 } })
    it.publish('', {}, 0)
    it.publish('', {}, 0)
    expect(it.queue.readyCount).toBe(2)
  })

  it('loses nothing by a restart that was within its limit', async () => {
    const log = new LogFixture()
    const options = { arguments: { 'x-max-length-bytes': 400 * 1024 } }
    const before = new QueueFixture({ ...options, logOf: () => log.queue })
    const other = new QueueFixture({ logOf: () => log.other })
    const headers = new Map([['h', { type: 'S' as const, value: 'x'.repeat(900) }]])
    for (let n = 0; n < 600; n++) {
      before.publish(`${n}`, { deliveryMode: 2, headers }, 500)
      other.publish(`${n}`, { deliveryMode: 2 }, 5000)
    }
    expect(before.queue.readyCount).toBe(600)
    await log.storeAll()

    const next = await recover(log.journal)
    const after = new QueueFixture({ ...options, logOf: () => next.queue })
    for (let n = 0; n < 20; n++) await microtasks()
    expect(after.queue.readyCount).toBe(600)
  })
})

describe('a queue that rather refuses what comes', () => {
  it('refuses what is one too many, whoever waits', () => {
    const it = new QueueFixture({
      arguments: { 'x-max-length': 1, 'x-overflow': 'reject-publish', ...TO_DLX },
    })
    expect([it.publish('a'), it.publish('b')]).toEqual([ACCEPTED, REJECTED])
    expect([it.publish('c'), it.drain(), it.deaths]).toEqual([REJECTED, ['a'], []])
    expect([it.publish('d'), it.drain()]).toEqual([ACCEPTED, ['d']])
  })

  it('refuses what is too long', () => {
    const it = new QueueFixture({
      arguments: { 'x-max-length-bytes': 100, 'x-overflow': 'reject-publish' },
    })
    expect(it.publish('a', {}, 60)).toBe(ACCEPTED)
    expect(it.publish('b', {}, 41)).toBe(REJECTED)
    expect(it.publish('c', {}, 40)).toBe(ACCEPTED)
    expect(it.drain()).toEqual(['a', 'c'])
  })

  it('refuses everything when it may have nothing', () => {
    const it = new QueueFixture({
      arguments: { 'x-max-length': 0, 'x-overflow': 'reject-publish' },
    })
    const consumer = new TestConsumer()
    it.queue.consume(consumer, false)
    expect([it.publish('a'), consumer.taken]).toEqual([REJECTED, []])
  })

  it('dead-letters what it refuses, if that is asked for', () => {
    const it = new QueueFixture({
      arguments: { 'x-max-length': 1, 'x-overflow': 'reject-publish-dlx', ...TO_DLX },
    })
    expect([it.publish('a'), it.publish('b'), it.deaths]).toEqual([
      ACCEPTED,
      REJECTED,
      ['b maxlen'],
    ])
    expect(it.drain()).toEqual(['a'])
  })

  it('takes back what it gave away, though that is too many then', () => {
    const it = new QueueFixture({
      arguments: { 'x-max-length': 1, 'x-overflow': 'reject-publish', ...TO_DLX },
    })
    it.publish('a')
    const taken = it.queue.get(false)!
    it.publish('b')
    it.queue.requeue([taken])
    expect([it.deaths, it.drain()]).toEqual([[], ['a again', 'b']])
  })
})
