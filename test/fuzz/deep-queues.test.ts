// How much memory deep queues take in a broker that has a place for them elsewhere.

import { BASIC_ACK, BASIC_QOS, BASIC_QOS_OK, QUEUE_DELETE, QUEUE_DELETE_OK } from 'amqp-codec'
import { expect, onTestFinished, test, vi } from 'vitest'
import { ClassicQueue } from '../../src/queue/classic-queue.ts'
import { MessageBudget } from '../../src/queue/message-budget.ts'
import type { QueuedMessage } from '../../src/queue/queue.ts'
import { memoryOnly } from '../../src/queue/queue-storage.ts'
import type { RawChannel } from '../support/raw-client-channel.ts'
import { sampleMessage } from '../support/sample-message.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { Arena, memoryInUse } from './arena.ts'

const KIB = 1024
const MIB = 1024 * KIB
const BUDGET = 8 * MIB
const DEPTH = 300_000
const SLICE = 2500
const COUNT = 500

const PROPERTIES = { durable: false, exclusiveOwner: null, autoDelete: false, arguments: new Map() }

const bodyOf = (n: number): string => `${n}`.padEnd(100, '.')

/** Publishes so many messages with confirms, no faster than they are confirmed. */
async function fill(channel: RawChannel, queue: string, count: number, deliveryMode: 1 | 2) {
  const properties = { deliveryMode }
  await channel.confirmSelect()
  for (let first = 0; first < count; first += SLICE) {
    for (let n = first; n < first + SLICE; n++) {
      channel.publish({ routingKey: queue, body: bodyOf(n), properties })
    }
    await channel.confirmed(first + SLICE, SLICE)
  }
}

/** Consumes and acknowledges so many messages, which must be all there are, in their order. */
async function drain(channel: RawChannel, queue: string, count: number): Promise<void> {
  await channel.send(BASIC_QOS, { prefetchCount: 2 * SLICE }).expect(BASIC_QOS_OK)
  await channel.consume(queue)
  for (let first = 0; first < count; first += SLICE) {
    const bodies = await channel.bodies(SLICE)
    expect(bodies).toEqual(Array.from({ length: SLICE }, (_, index) => bodyOf(first + index)))
    channel.send(BASIC_ACK, { deliveryTag: first + SLICE, multiple: true })
  }
}

/** Fills a queue and drains it; by then nobody else is connected any more. */
async function session(
  arena: Arena,
  { queue, count, deliveryMode }: { queue: string; count: number; deliveryMode: 1 | 2 },
  whenFull: () => Promise<void>,
): Promise<void> {
  const publisher = await arena.enter()
  await publisher.on(1).declareQueue({ queue, durable: true, exclusive: false })
  await fill(publisher.on(1), queue, count, deliveryMode)
  await publisher.wire.hangUp()
  await whenFull()
  const consumer = await arena.enter()
  await drain(consumer.on(2), queue, count)
  await consumer.on(1).send(QUEUE_DELETE, { queue }).expect(QUEUE_DELETE_OK)
  await consumer.wire.hangUp()
  await arena.expectPeace()
  arena.reset()
}

test.for([
  ['transient', 1],
  ['persistent', 2],
] as const)('a deep queue takes no more memory than it may: %s', async ([, deliveryMode]) => {
  const arena = await Arena.open({ dataDir: temporaryDirectory(), messageMemoryBytes: BUDGET })
  onTestFinished(() => arena.close())
  // What is kept on purpose, pools and compiled code, is there after the first queue.
  await session(arena, { queue: 'first', count: 20 * SLICE, deliveryMode }, async () => {})
  const before = await memoryInUse()
  const growth = async () => (await memoryInUse()) - before
  await session(arena, { queue: 'deep', count: DEPTH, deliveryMode }, async () => {
    expect(await growth()).toBeLessThan(BUDGET)
  })
  await vi.waitFor(async () => expect(await growth()).toBeLessThan(MIB), { timeout: 5000 })
})

/** How much each of many queues takes, in bytes, when all has been done with them. */
async function takenByEach(budget: MessageBudget, use: (queue: ClassicQueue) => void) {
  const storage = { ...memoryOnly(), budget }
  const create = () => new ClassicQueue('q', '/', PROPERTIES, { lastConsumerLeft() {} }, storage)
  use(create())
  const before = await memoryInUse()
  const queues = Array.from({ length: COUNT }, create)
  for (const queue of queues) use(queue)
  const after = await memoryInUse()
  expect(queues).toHaveLength(COUNT)
  return (after - before) / COUNT
}

test('a queue with one message takes little, though there is no memory left', async () => {
  const taken = await takenByEach(new MessageBudget(0), (queue) => {
    queue.publish(sampleMessage('x'.repeat(100), { chunkBytes: 65_536 }))
  })
  expect(taken).toBeLessThan(6 * KIB)
})

test('a queue that was drained of what came back to it keeps little', async () => {
  const taken = await takenByEach(new MessageBudget(MIB * MIB), (queue) => {
    for (let n = 0; n < 100; n++) {
      queue.publish(sampleMessage('x'.repeat(1000), { chunkBytes: 65_536 }))
      const place = queue.get(false) as QueuedMessage
      queue.requeue([place])
      queue.acknowledge([queue.get(false) as QueuedMessage])
    }
  })
  expect(taken).toBeLessThan(8 * KIB)
})
