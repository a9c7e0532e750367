// What queues and channels that once held much keep when they hold nothing any more.

import { expect, test } from 'vitest'
import { Fifo } from '../../src/base/fifo.ts'
import type { Delivery } from '../../src/channel/delivery.ts'
import { UnackedList } from '../../src/channel/unacked-list.ts'
import { ClassicQueue } from '../../src/queue/classic-queue.ts'
import type { QueueConsumer } from '../../src/queue/queue.ts'
import { sampleMessage } from '../support/sample-message.ts'
import { memoryInUse } from './arena.ts'

const KIB = 1024
const COUNT = 500

/** How much each of many keeps, in bytes, after they have been filled and drained. */
async function keptByEach<T>(create: () => T, fillAndDrain: (one: T) => void): Promise<number> {
  // Compiles what is compiled once.
  fillAndDrain(create())
  const before = await memoryInUse()
  const many = Array.from({ length: COUNT }, create)
  for (const one of many) fillAndDrain(one)
  const after = await memoryInUse()
  expect(many).toHaveLength(COUNT)
  return (after - before) / COUNT
}

const createQueue = (): ClassicQueue =>
  new ClassicQueue({
    name: 'q',
    vhostName: '/',
    properties: { durable: false, exclusiveOwner: null, autoDelete: false, arguments: new Map() },
    events: { lastConsumerLeft() {}, expired() {}, deadLetter() {} },
  })

function fill(queue: ClassicQueue): void {
  // Messages that come in a larger chunk move into memory of the queue.
  for (let n = 0; n < 100; n++) {
    queue.publish(sampleMessage('x'.repeat(1000), { chunkBytes: 8 * KIB }))
  }
}

const consumer: QueueConsumer = {
  noAck: true,
  priority: 0,
  prefetchCount: 0,
  arguments: new Map(),
  canTake: () => true,
  deliver() {},
  cancelled() {},
}

test('a queue that was drained by basic.get keeps little', async () => {
  const kept = await keptByEach(createQueue, (queue) => {
    fill(queue)
    while (queue.get(true) !== undefined);
  })
  expect(kept).toBeLessThan(8 * KIB)
})

test('a queue that was drained by a consumer keeps little', async () => {
  const kept = await keptByEach(createQueue, (queue) => {
    fill(queue)
    queue.consume(consumer, false)
    queue.resume(consumer)
    queue.cancel(consumer)
  })
  expect(kept).toBeLessThan(8 * KIB)
})

test('a list that was long keeps little', async () => {
  const kept = await keptByEach(
    () => new Fifo<number>(),
    (fifo) => {
      for (let n = 0; n < 5000; n++) fifo.push(n)
      while (fifo.shift() !== undefined);
    },
  )
  expect(kept).toBeLessThan(4 * KIB)
})

test('a list of unacknowledged deliveries that was long keeps little', async () => {
  const deliveries = Array.from({ length: 10_000 }, (_, n) => ({ deliveryTag: n + 1 }) as Delivery)
  const kept = await keptByEach(
    () => new UnackedList(),
    (list) => {
      for (const delivery of deliveries) list.push(delivery)
      for (const { deliveryTag } of deliveries) list.take(deliveryTag)
    },
  )
  expect(kept).toBeLessThan(4 * KIB)
})
