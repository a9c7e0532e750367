// x-max-priority. https://www.rabbitmq.com/docs/priority

import { describe, expect, it } from 'vitest'
import { MessageBudget } from '../../../src/queue/message-budget.ts'
import { LogFixture, recover } from '../message-log/log-fixture.ts'
import { microtasks } from '../message-log/manual-journal.ts'
import { QueueFixture, TestConsumer } from './queue-fixture.ts'

const TO_DLX = { 'x-dead-letter-exchange': 'dlx' }
const arguments_ = { 'x-max-priority': 5 }

describe('a queue with priorities', () => {
  it('gives the highest first, and what is equal in its order', () => {
    const it = new QueueFixture({ arguments: arguments_ })
    const priorities = [0, 5, 1, 5, 0, 3]
    for (const [n, priority] of priorities.entries()) it.publish(`${priority}/${n}`, { priority })
    expect(it.drain()).toEqual(['5/1', '5/3', '3/5', '1/2', '0/0', '0/4'])
  })

  it('takes what is above its highest as that, and what has none as the lowest', () => {
    const it = new QueueFixture({ arguments: arguments_ })
    it.publish('none')
    it.publish('most', { priority: 5 })
    it.publish('more', { priority: 255 })
    it.publish('least', { priority: 0 })
    it.publish('little', { priority: 1 })
    expect(it.drain()).toEqual(['most', 'more', 'little', 'none', 'least'])
  })

  it('does not look at priorities when it has none', () => {
    const it = new QueueFixture({ arguments: { 'x-max-priority': 0 } })
    it.publish('a')
    it.publish('b', { priority: 9 })
    expect(it.drain()).toEqual(['a', 'b'])
  })

  it('has what comes back in its old place', () => {
    const it = new QueueFixture({ arguments: arguments_ })
    it.publish('low')
    it.publish('high', { priority: 4 })
    it.publish('high too', { priority: 4 })
    const taken = [it.queue.get(false)!, it.queue.get(false)!, it.queue.get(false)!]
    it.publish('middle', { priority: 2 })
    it.queue.requeue(taken.reverse())
    expect(it.drain()).toEqual(['high again', 'high too again', 'middle', 'low again'])
  })

  it('drops the highest when there are too many, as RabbitMQ does', () => {
    const it = new QueueFixture({ arguments: { ...arguments_, ...TO_DLX, 'x-max-length': 2 } })
    it.publish('low')
    it.publish('high', { priority: 4 })
    it.publish('middle', { priority: 2 })
    expect([it.deaths, it.drain()]).toEqual([['high maxlen'], ['middle', 'low']])
  })

  it('lets what has expired go when it is next', () => {
    const it = new QueueFixture({ arguments: { ...arguments_, ...TO_DLX } })
    it.publish('low', { expiration: '10' })
    it.publish('high', { priority: 4 })
    it.clock.advance(20)
    expect(it.deaths).toEqual([])
    it.get()
    expect(it.deaths).toEqual(['low expired'])
    it.publish('low too', { expiration: '10' })
    it.publish('high too', { expiration: '20', priority: 4 })
    it.clock.advance(20)
    expect(it.deaths).toEqual(['low expired', 'high too expired', 'low too expired'])
  })

  it('hands a consumer what is most urgent when it can take again', () => {
    const it = new QueueFixture({ arguments: arguments_ })
    const consumer = new TestConsumer({ prefetchCount: 1 })
    it.queue.consume(consumer, false)
    it.publishAll(['a', 'b'])
    it.publish('urgent', { priority: 1 })
    for (let n = 0; n < 3; n++) {
      it.queue.acknowledge(consumer.held.splice(0))
      it.queue.resume(consumer)
    }
    expect(consumer.taken).toEqual(['a', 'urgent', 'b'])
  })

  it('counts and purges all of them', () => {
    const it = new QueueFixture({ arguments: arguments_ })
    for (let priority = 0; priority < 6; priority++) it.publish('m', { priority }, 10)
    const { queue } = it
    expect([queue.readyCount, queue.readyBytes, queue.purge()]).toEqual([6, 60, 6])
    expect([queue.readyCount, queue.readyBytes, it.drain()]).toEqual([0, 0, []])
  })

  it('has them again after a restart', async () => {
    const log = new LogFixture()
    const logOf = (priority: number) => log.log.queueLog(10 + priority)
    const before = new QueueFixture({ arguments: arguments_, logOf })
    before.publish('low', { deliveryMode: 2 })
    before.publish('middle', { deliveryMode: 2, priority: 3 })
    before.publish('high', { deliveryMode: 2, priority: 5 })
    before.publish('gone', { deliveryMode: 1, priority: 5 })
    before.get()
    await log.storeAll()

    const next = await recover(log.journal)
    const after = new QueueFixture({
      arguments: arguments_,
      logOf: (priority) => next.log.queueLog(10 + priority),
    })
    expect(after.queue.readyCount).toBe(3)
    const found: string[] = []
    for (let n = 0; n < 6 && after.queue.readyCount > 0; n++) {
      found.push(...after.drain())
      await microtasks()
    }
    expect(found).toEqual(['high again', 'middle', 'low'])
    expect(next.log.count).toBe(0)
  })

  it('has a log of those priorities only that were ever used', async () => {
    const log = new LogFixture()
    const logOf = (priority: number) => log.log.queueLog(10 + priority)
    const it = new QueueFixture({ arguments: { 'x-max-priority': 255 }, logOf })
    expect(log.log.highestQueueId).toBe(10)
    it.publish('urgent', { deliveryMode: 2, priority: 7 })
    expect(log.log.highestQueueId).toBe(17)
    it.drain()
    await log.storeAll()

    const next = await recover(log.journal)
    const after = new QueueFixture({
      arguments: { 'x-max-priority': 255 },
      logOf: (priority) => next.log.queueLog(10 + priority),
    })
    after.queue.delete()
    expect(next.log.highestQueueId).toBeLessThan(10)
  })

  it('gives a consumer the highest when all of it must be read first', async () => {
    const log = new LogFixture()
    const logOf = (priority: number) => log.log.queueLog(10 + priority)
    const storage = { budget: new MessageBudget(0) }
    const it = new QueueFixture({ arguments: arguments_, logOf, storage })
    for (const priority of [1, 3, 1, 3]) it.publish(`${priority}`, { deliveryMode: 2, priority })
    await log.storeAll()
    const consumer = new TestConsumer()
    it.queue.consume(consumer, false)
    for (let n = 0; n < 10; n++) await microtasks()
    expect(consumer.taken).toEqual(['3', '3', '1', '1'])
  })
})
