// Consumers of one channel, on any queues, that may have only so many messages together.

import { expect, it } from 'vitest'
import type { Queue } from '../../../src/queue/queue.ts'
import { sampleMessage } from '../../support/sample-message.ts'
import { randomNumbers } from './link/simulated-traffic.ts'
import { RecordingConsumer } from './support/recording-consumer.ts'
import { type QueueSpec, SimulatedCluster } from './support/simulated-cluster.ts'

const QUEUES: readonly QueueSpec[] = [
  { id: 10, name: 'one', shard: 0 },
  { id: 20, name: 'two', shard: 1 },
]
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]

class Limit {
  most: number
  readonly consumers: LimitedConsumer[] = []

  constructor(most: number) {
    this.most = most
  }

  get held(): number {
    return this.consumers.reduce((sum, { unsettled }) => sum + unsettled.length, 0)
  }

  get room(): number {
    return this.most === 0 ? Number.POSITIVE_INFINITY : Math.max(0, this.most - this.held)
  }

  /** As a channel does: in turn, when there is room again. */
  settle(consumer: LimitedConsumer, count: number): void {
    const hadRoom = this.room > 0
    consumer.settle(consumer.queue, 'acknowledge', count)
    if (!hadRoom) this.resumeAll()
  }

  resumeAll(): void {
    for (const consumer of this.consumers) consumer.queue.resume(consumer)
    this.consumers.push(...this.consumers.splice(0, 1))
  }
}

class LimitedConsumer extends RecordingConsumer {
  readonly queue: Queue
  readonly #limit: Limit

  constructor(limit: Limit, queue: Queue) {
    super()
    this.queue = queue
    this.#limit = limit
    limit.consumers.push(this)
  }

  get sharedCredit(): number {
    return this.#limit.room
  }

  override canTake(): boolean {
    return this.#limit.room > 0
  }
}

function start(seed = 1): SimulatedCluster {
  const cluster = new SimulatedCluster(randomNumbers(seed), 2)
  for (const name of ['a', 'b']) cluster.start(name, QUEUES)
  cluster.give(0, 'a')
  cluster.give(1, 'b')
  return cluster
}

const queueOf = (cluster: SimulatedCluster, node: string, name: string): Queue =>
  cluster.nodes.get(node)?.queue(name) as Queue

async function consume(cluster: SimulatedCluster, queue: Queue, consumer: RecordingConsumer) {
  const done = queue.consume(consumer, false)
  await cluster.pass(50)
  await done
}

async function publish(cluster: SimulatedCluster, name: string, count: number): Promise<void> {
  const queue = queueOf(cluster, 'a', name)
  for (let number = 0; number < count; number++) queue.publish(sampleMessage(`${name} ${number}`))
  await cluster.pass(50)
}

async function counts(cluster: SimulatedCluster, queue: Queue): Promise<[number, number]> {
  const counted = queue.counted()
  await cluster.pass(50)
  await counted
  return [queue.readyCount, queue.unackedCount]
}

const numbers = (name: string, from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => `${name} ${from + index}`)

it('take no more out of their queues than they may have', async () => {
  const cluster = start()
  await publish(cluster, 'one', 10)
  await publish(cluster, 'two', 10)
  const limit = new Limit(3)
  const [one, two] = [queueOf(cluster, 'b', 'one'), queueOf(cluster, 'b', 'two')]
  await consume(cluster, one, new LimitedConsumer(limit, one))
  await consume(cluster, two, new LimitedConsumer(limit, two))
  await cluster.pass(100)
  expect(limit.held).toBe(3)
  expect(await counts(cluster, one)).toEqual([7, 3])
  expect(await counts(cluster, two)).toEqual([10, 0])

  limit.settle(limit.consumers.find(({ queue }) => queue === one) as LimitedConsumer, 2)
  await cluster.pass(100)
  expect(limit.held).toBe(3)
  const [inOne, inTwo] = [await counts(cluster, one), await counts(cluster, two)]
  expect([inOne[0] + inTwo[0], inOne[1] + inTwo[1]]).toEqual([15, 3])
  cluster.close()
})

it('leave the rest to others, in its order and as it was', async () => {
  const cluster = start()
  await publish(cluster, 'one', 10)
  const limit = new Limit(3)
  const queue = queueOf(cluster, 'b', 'one')
  await consume(cluster, queue, new LimitedConsumer(limit, queue))
  const other = new RecordingConsumer()
  await consume(cluster, queueOf(cluster, 'a', 'one'), other)
  expect(other.bodies).toEqual(numbers('one', 3, 10))
  expect(other.received.some(({ redelivered }) => redelivered)).toBe(false)
  cluster.close()
})

it('go on when they may have more, or as much as there is', async () => {
  const cluster = start()
  await publish(cluster, 'one', 600)
  const limit = new Limit(2)
  const queue = queueOf(cluster, 'b', 'one')
  const consumer = new LimitedConsumer(limit, queue)
  await consume(cluster, queue, consumer)
  limit.most = 5
  limit.resumeAll()
  await cluster.pass(100)
  expect(consumer.bodies).toEqual(numbers('one', 0, 5))
  limit.most = 0
  limit.resumeAll()
  await cluster.until(() => consumer.received.length === 600, 'all are there')
  expect(consumer.bodies).toEqual(numbers('one', 0, 600))
  cluster.close()
})

it('send back what was on its way when their limit came', async () => {
  const cluster = start()
  const limit = new Limit(0)
  const queue = queueOf(cluster, 'b', 'one')
  const consumer = new LimitedConsumer(limit, queue)
  await consume(cluster, queue, consumer)
  limit.most = 4
  await publish(cluster, 'one', 400)
  await cluster.pass(200)
  expect(consumer.bodies).toEqual(numbers('one', 0, 4))
  expect(await counts(cluster, queue)).toEqual([396, 4])
  while (consumer.received.length < 400) {
    limit.settle(consumer, limit.held)
    await cluster.pass(20)
  }
  expect(consumer.bodies).toEqual(numbers('one', 0, 400))
  cluster.close()
})

it('get messages as large as they come', async () => {
  const cluster = start()
  const limit = new Limit(50)
  const queue = queueOf(cluster, 'b', 'one')
  const consumer = new LimitedConsumer(limit, queue)
  await consume(cluster, queue, consumer)
  for (let number = 0; number < 20; number++) {
    queueOf(cluster, 'a', 'one').publish(sampleMessage('x'.repeat(1024 * 1024)))
  }
  await cluster.until(() => consumer.received.length === 20, 'all are there')
  cluster.close()
})

it.each(SEEDS)('get everything once and in its order, as they can, in history %i', async (seed) => {
  const cluster = start(seed)
  const random = randomNumbers(seed)
  const limit = new Limit(5)
  for (const name of ['one', 'two', 'one']) {
    const queue = queueOf(cluster, 'b', name)
    await consume(cluster, queue, new LimitedConsumer(limit, queue))
  }
  cluster.traffic.weather = { loss: 0.02, repetition: 0.05, delay: 0.2, maxDelayMs: 60 }
  const all: string[] = []
  const received = (): string[] => limit.consumers.flatMap(({ bodies }) => bodies)
  for (let step = 0; step < 300 || received().length < all.length; step++) {
    if (step > 5000) throw new Error('it takes too long')
    if (step < 300) {
      const name = random() < 0.5 ? 'one' : 'two'
      const body = `${name} ${all.length}`
      all.push(body)
      queueOf(cluster, 'a', name).publish(sampleMessage(body))
    }
    const consumer = limit.consumers[Math.floor(random() * 3)] as LimitedConsumer
    if (random() < 0.5) limit.settle(consumer, 1 + Math.floor(random() * 3))
    if (random() < 0.02) {
      limit.most = 1 + Math.floor(random() * 8)
      limit.resumeAll()
    }
    await cluster.pass(random() < 0.3 ? 5 : 0)
  }
  expect(received().toSorted()).toEqual(all.toSorted())
  for (const consumer of limit.consumers) {
    expect(consumer.received.some(({ redelivered }) => redelivered)).toBe(false)
    // What one could not take may come to the other one of its queue, after what the other one has had.
    if (consumer.queue.name !== 'two') continue
    const numbered = consumer.bodies.map((body) => Number(body.split(' ')[1]))
    expect(numbered).toEqual(numbered.toSorted((a, b) => a - b))
  }
  cluster.close()
})
