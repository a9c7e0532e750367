// How much memory deep queues take in a broker that has a place for them elsewhere.

import { type ChannelModel, type ConsumeMessage, connect } from 'amqplib'
import { expect, onTestFinished, test, vi } from 'vitest'
import { type Broker, createBroker } from '../../src/index.ts'
import { ClassicQueue } from '../../src/queue/classic-queue.ts'
import { MessageBudget } from '../../src/queue/message-budget.ts'
import type { QueuedMessage } from '../../src/queue/queue.ts'
import { memoryOnly } from '../../src/queue/queue-storage.ts'
import { sampleMessage } from '../support/sample-message.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { memoryInUse } from './arena.ts'

const KIB = 1024
const MIB = 1024 * KIB
const BUDGET = 8 * MIB
/** Memory of pages that were stored is kept for the next ones, perhaps since the measurement began. */
const KEPT = 4 * MIB
const SLICE = 1000
const COUNT = 500

const EVENTS = { lastConsumerLeft() {}, expired() {}, deadLetter() {} }
const PROPERTIES = { durable: false, exclusiveOwner: null, autoDelete: false, arguments: new Map() }

const bodyOf = (n: number): Buffer => Buffer.from(`${n}`.padEnd(100, '.'))

/** Which messages are persistent, by their numbers. */
type Kind = (n: number) => boolean

/** Publishes so many messages, no faster than they are confirmed. */
async function fill(client: ChannelModel, queue: string, count: number, isPersistent: Kind) {
  const channel = await client.createConfirmChannel()
  await channel.assertQueue(queue, { durable: true })
  for (let n = 0; n < count; n++) {
    channel.sendToQueue(queue, bodyOf(n), { persistent: isPersistent(n) })
    if ((n + 1) % SLICE === 0) await channel.waitForConfirms()
  }
}

/** Consumes and acknowledges so many messages, which must be all there are, in their order. */
async function drain(client: ChannelModel, queue: string, count: number): Promise<void> {
  const channel = await client.createChannel()
  await channel.prefetch(2 * SLICE)
  let next = 0
  await new Promise<void>((resolve, reject) => {
    const take = (message: ConsumeMessage | null): void => {
      if (message === null) return
      if (!message.content.equals(bodyOf(next))) reject(new Error(`no message ${next}`))
      if (++next % SLICE === 0) channel.ack(message, true)
      if (next === count) resolve()
    }
    channel.consume(queue, take).catch(reject)
  })
  expect(await channel.deleteQueue(queue)).toEqual({ messageCount: 0 })
}

/** Fills a queue and drains it; by then nobody is connected any more. */
async function session(
  broker: Broker,
  { queue, count, kind }: { queue: string; count: number; kind: Kind },
  whenFull: () => Promise<void>,
): Promise<void> {
  const publisher = await connect(broker.url)
  await fill(publisher, queue, count, kind)
  await publisher.close()
  await whenFull()
  const consumer = await connect(broker.url)
  await drain(consumer, queue, count)
  await consumer.close()
}

const kinds: [string, number, Kind][] = [
  ['transient', 300_000, () => false],
  ['persistent', 300_000, () => true],
  ['both in turn', 100_000, (n) => n % 2 === 0],
]

test.for(kinds)('a deep queue takes no more memory than it may: %s', async ([, count, kind]) => {
  const dataDir = temporaryDirectory()
  const broker = await createBroker({ port: 0, dataDir, messageMemoryBytes: BUDGET })
  onTestFinished(() => broker.close())
  // What is kept on purpose, pools and compiled code, is there after the first queue.
  await session(broker, { queue: 'first', count: 50 * SLICE, kind }, async () => {})
  const before = await memoryInUse()
  const growth = async () => (await memoryInUse()) - before
  await session(broker, { queue: 'deep', count, kind }, async () => {
    expect(await growth()).toBeLessThan(BUDGET + KEPT)
  })
  await vi.waitFor(async () => expect(await growth()).toBeLessThan(KEPT + MIB), { timeout: 30_000 })
})

/** How much each of many queues takes, in bytes, when all has been done with them. */
async function takenByEach(budget: MessageBudget, use: (queue: ClassicQueue) => void) {
  const storage = { ...memoryOnly(), budget }
  const create = () =>
    new ClassicQueue({ name: 'q', vhostName: '/', properties: PROPERTIES, events: EVENTS, storage })
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
