// What becomes of those who wait for a queue whose owner says nothing, and of what they asked for.

import { fieldTableFromObject } from 'amqp-codec'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Queue } from '../../../src/queue/queue.ts'
import { sampleMessage } from '../../support/sample-message.ts'
import { randomNumbers } from './link/simulated-traffic.ts'
import { RecordingConsumer } from './support/recording-consumer.ts'
import {
  type QueueSpec,
  SimulatedCluster,
  type SimulatedNode,
} from './support/simulated-cluster.ts'

const ORDERS: QueueSpec = { id: 1, name: 'orders', shard: 0 }
const LETTERS: QueueSpec = {
  ...ORDERS,
  arguments: fieldTableFromObject({ 'x-queue-type': 'stream' }),
}
const NO_QUEUE = "NOT_FOUND - no queue 'orders' in vhost '/'"
const TIMED_OUT =
  "NOT_FOUND - failed to perform operation on queue 'orders' in vhost '/' due to timeout"
const TOO_LONG_MS = 32_000

const persistent = (body: string) => sampleMessage(body, { properties: { deliveryMode: 2 } })

/** All that a client may wait for, and how it ends. */
function ask(queue: Queue): Promise<unknown>[] {
  const asked = [
    queue.get(false),
    queue.purge(),
    queue.counted(),
    queue.consume(new RecordingConsumer(), false),
  ]
  return asked.map((answer) =>
    Promise.resolve<unknown>(answer).then(
      () => 'answered',
      (error: Error) => error.message,
    ),
  )
}

describe('who waits for a queue of a cluster', () => {
  let cluster: SimulatedCluster
  let a: SimulatedNode
  let b: SimulatedNode

  const start = (queue = ORDERS): void => {
    cluster = new SimulatedCluster(randomNumbers(1), 1)
    a = cluster.start('a', [queue])
    b = cluster.start('b', [queue])
    cluster.give(0, 'a')
  }
  const consume = async (queue: Queue, consumer: RecordingConsumer): Promise<void> => {
    const done = queue.consume(consumer, false)
    await cluster.pass(50)
    await done
  }
  const countsOf = async (queue: Queue): Promise<number[]> => {
    const counted = queue.counted()
    await cluster.pass(50)
    await counted
    return [queue.readyCount, queue.unackedCount, queue.consumerCount]
  }

  beforeEach(() => start())
  afterEach(() => cluster.close())

  it('knows when the owner has been told what was said', async () => {
    const queue = b.queue('orders')
    queue.publish(persistent('goes back'))
    const got = queue.get(false)
    await cluster.pass(50)
    const taken = await got
    if (taken === undefined) throw new Error('there was nothing')
    await countsOf(a.queue('orders'))
    queue.requeue([taken])
    let ready: number | undefined
    void queue.whenTold()?.then(() => {
      ready = a.queue('orders').readyCount
    })
    expect(a.queue('orders').readyCount).toBe(0)
    await cluster.pass(50)
    expect(ready).toBe(1)
  })

  it('has nobody to wait for before there is an owner', async () => {
    const queue = b.queue('orders')
    cluster.kill('a')
    await cluster.pass(TOO_LONG_MS)
    expect(queue.whenTold()).toBeUndefined()
  })

  it('is told when nobody has owned it for long, and nothing was done then', async () => {
    const queue = b.queue('orders')
    cluster.kill('a')
    const answers = ask(queue)
    const ticket = queue.publish(persistent('waits'))
    await cluster.pass(TOO_LONG_MS)
    expect(await Promise.all(answers)).toEqual([TIMED_OUT, TIMED_OUT, TIMED_OUT, TIMED_OUT])
    expect(b.sharding.tickets.outcomeOf(ticket)).toBe(ticket)
    cluster.give(0, 'b')
    await cluster.pass(50)
    expect(await countsOf(queue)).toEqual([1, 0, 0])
  })

  it('is told when its owner cannot find out whether there is such a queue', async () => {
    cluster.close()
    cluster = new SimulatedCluster(randomNumbers(1), 1)
    a = cluster.start('a', [])
    b = cluster.start('b', [ORDERS])
    cluster.give(0, 'a')
    await cluster.pass(50)
    let find = (): void => {}
    a.told = () =>
      new Promise((resolve) => {
        find = resolve
      })
    const queue = b.queue('orders')
    queue.publish(persistent('1'))
    const answers = ask(queue)
    await cluster.pass(TOO_LONG_MS)
    expect(await Promise.all(answers)).toEqual([TIMED_OUT, TIMED_OUT, TIMED_OUT, TIMED_OUT])
    // What they asked for happens after all, and is undone as far as it can be.
    a.declare(ORDERS)
    find()
    await cluster.pass(50)
    queue.publish(persistent('2'))
    expect(await countsOf(queue)).toEqual([2, 0, 0])
  })

  it('is told at once when it is deleted, though it has no owner', async () => {
    const queue = b.queue('orders')
    cluster.kill('a')
    const answers = ask(queue)
    await cluster.pass(1000)
    b.vhost.deleteQueue(queue)
    expect(await Promise.all(answers)).toEqual([NO_QUEUE, NO_QUEUE, NO_QUEUE, NO_QUEUE])
  })

  it('is told the name of a queue that has gone with its node', async () => {
    const { name } = a.vhost.replyQueues.create({})
    const away = b.vhost.replyQueues.find(name) as Queue
    cluster.kill('a')
    const answers = ask(away)
    await cluster.pass(6000)
    const gone = `NOT_FOUND - no queue '${name}' in vhost '/'`
    expect(await Promise.all(answers)).toEqual([gone, gone, gone, gone])
    expect(await Promise.all(ask(away))).toEqual([gone, gone, gone, gone])
  })

  it('has no clock running for it when it was answered', async () => {
    const lookAgain = () => cluster.pass(5300)
    await lookAgain()
    const before = cluster.clock.pendingCount
    const answers = ask(b.queue('orders'))
    await lookAgain()
    await Promise.all(answers)
    expect(cluster.clock.pendingCount).toBe(before)
  })

  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'stays a consumer, however long there is none after an owner of %i ms',
    async (ms) => {
      const queue = b.queue('orders')
      cluster.start('c', [ORDERS])
      const consumer = new RecordingConsumer()
      await consume(queue, consumer)
      cluster.give(0, 'c')
      await cluster.passSlowly(ms)
      cluster.kill('c')
      await cluster.pass(2 * TOO_LONG_MS)
      expect(consumer.isCancelled).toBe(false)
      cluster.give(0, 'b')
      await cluster.pass(1100)
      queue.publish(persistent('1'))
      await cluster.pass(50)
      expect(consumer.bodies).toEqual(['1'])
    },
  )
})

describe('who reads a stream of a cluster from its end', () => {
  it('gets what comes between its owner and the next one', async () => {
    const cluster = new SimulatedCluster(randomNumbers(1), 1)
    const a = cluster.start('a', [LETTERS])
    const b = cluster.start('b', [LETTERS])
    const c = cluster.start('c', [LETTERS])
    cluster.give(0, 'a')
    a.queue('orders').publish(persistent('before'))
    await cluster.pass(50)
    const consumer = new RecordingConsumer({ prefetchCount: 10 })
    const done = b.queue('orders').consume(consumer, false)
    await cluster.pass(50)
    await done
    cluster.kill('a')
    // It has heard of the next owner first.
    c.queue('orders').publish(persistent('between'))
    cluster.give(0, 'c')
    await cluster.pass(1100)
    c.queue('orders').publish(persistent('after'))
    await cluster.pass(50)
    cluster.close()
    expect(consumer.bodies).toEqual(['between', 'after'])
  })
})
