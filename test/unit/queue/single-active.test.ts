// https://www.rabbitmq.com/docs/consumers#single-active-consumer

import { describe, expect, it } from 'vitest'
import { QueueFixture, TestConsumer } from './queue-fixture.ts'

function singleActive(): QueueFixture {
  return new QueueFixture({ arguments: { 'x-single-active-consumer': true } })
}

describe('a queue with a single active consumer', () => {
  it('gives everything to the first, for as long as it is there', () => {
    const it = singleActive()
    const [first, second] = [new TestConsumer(), new TestConsumer({ priority: 9 })]
    it.queue.consume(first, false)
    it.queue.consume(second, false)
    it.publishAll(['a', 'b'])
    expect([first.taken, second.taken]).toEqual([['a', 'b'], []])
    it.queue.cancel(first)
    it.publish('c')
    expect([first.taken, second.taken]).toEqual([['a', 'b'], ['c']])
  })

  it('passes nobody over who can take no more', () => {
    const it = singleActive()
    const [first, second] = [new TestConsumer({ prefetchCount: 1 }), new TestConsumer()]
    it.queue.consume(first, false)
    it.queue.consume(second, false)
    it.publishAll(['a', 'b'])
    expect([first.taken, second.taken, it.queue.readyCount]).toEqual([['a'], [], 1])
    it.queue.acknowledge(first.held.splice(0))
    it.queue.resume(first)
    expect([first.taken, second.taken]).toEqual([['a', 'b'], []])
  })

  it('goes on with the next when the active one leaves, with what is ready then', () => {
    const it = singleActive()
    const first = new TestConsumer({ prefetchCount: 1 })
    const [low, high] = [new TestConsumer(), new TestConsumer({ priority: 1 })]
    for (const consumer of [first, low, high]) it.queue.consume(consumer, false)
    it.publishAll(['a', 'b'])
    it.queue.cancel(first)
    expect([low.taken, high.taken]).toEqual([[], ['b']])
    it.queue.requeue(first.held)
    expect(high.taken).toEqual(['b', 'a again'])
  })

  it('does not mind one that was not active', () => {
    const it = singleActive()
    const [first, second] = [new TestConsumer(), new TestConsumer()]
    it.queue.consume(first, false)
    it.queue.consume(second, false)
    it.queue.cancel(second)
    it.publish('a')
    it.queue.cancel(first)
    it.publish('b')
    expect([first.taken, second.taken, it.queue.readyCount]).toEqual([['a'], [], 1])
  })

  it('has no exclusive consumers', () => {
    const it = singleActive()
    expect(() => it.queue.consume(new TestConsumer(), true)).toThrow('in exclusive use')
  })

  it('cancels all of them when it goes', () => {
    const it = singleActive()
    const consumers = [new TestConsumer(), new TestConsumer()]
    for (const consumer of consumers) it.queue.consume(consumer, false)
    it.queue.delete()
    expect(consumers.map(({ isCancelled }) => isCancelled)).toEqual([true, true])
  })
})
