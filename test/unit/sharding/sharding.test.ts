import { fieldTableFromObject } from 'amqp-codec'
import { afterEach, describe, expect, it } from 'vitest'
import { ACCEPTED, REJECTED } from '../../../src/exchange/destination.ts'
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
const persistent = (body: string) => sampleMessage(body, { properties: { deliveryMode: 2 } })

describe('queues of a cluster', () => {
  let cluster: SimulatedCluster
  const start = (queue = ORDERS): [a: SimulatedNode, b: SimulatedNode] => {
    cluster = new SimulatedCluster(randomNumbers(1), 1)
    const nodes: [SimulatedNode, SimulatedNode] = [
      cluster.start('a', [queue]),
      cluster.start('b', [queue]),
    ]
    cluster.give(0, 'a')
    return nodes
  }
  const consume = async (queue: Queue, consumer: RecordingConsumer): Promise<void> => {
    const done = queue.consume(consumer, false)
    await cluster.pass(50)
    await done
  }

  afterEach(() => cluster.close())

  it('are published to and consumed from on any node', async () => {
    const [a, b] = start()
    const consumer = new RecordingConsumer()
    await consume(b.queue('orders'), consumer)
    const ofA = a.queue('orders').publish(persistent('from a'))
    const ofB = b.queue('orders').publish(persistent('from b'))
    expect([a.sharding.tickets.outcomeOf(ofA), b.sharding.tickets.outcomeOf(ofB)]).toEqual([
      ofA,
      ofB,
    ])
    await cluster.until(() => consumer.received.length === 2, 'both are there')
    await cluster.pass(50)
    expect(consumer.bodies.sort()).toEqual(['from a', 'from b'])
    expect(a.sharding.tickets.outcomeOf(ofA)).toBe(ACCEPTED)
    expect(b.sharding.tickets.outcomeOf(ofB)).toBe(ACCEPTED)
  })

  it('give single messages, and say how many there are', async () => {
    const [, b] = start()
    const queue = b.queue('orders')
    for (const body of ['1', '2', '3']) queue.publish(persistent(body))
    const got = queue.get(false)
    const counted = queue.counted?.()
    await cluster.pass(50)
    await counted
    expect((await got)?.sequence).toBe(0)
    expect([queue.readyCount, queue.unackedCount, queue.consumerCount]).toEqual([2, 1, 0])
    const purged = queue.purge()
    await cluster.pass(50)
    expect(await purged).toBe(2)
  })

  it('keep what is unacknowledged for its consumers when another node owns them', async () => {
    const [a, b] = start()
    const holder = new RecordingConsumer({ prefetchCount: 2 })
    await consume(b.queue('orders'), holder)
    for (const body of ['1', '2', '3', '4']) a.queue('orders').publish(persistent(body))
    await cluster.until(() => holder.received.length === 2, 'it has two')
    await cluster.pass(50)
    cluster.kill('a')
    cluster.give(0, 'b')
    const other = new RecordingConsumer()
    await consume(b.queue('orders'), other)
    await cluster.until(() => other.received.length === 2, 'the other one has the others')
    expect(other.bodies).toEqual(['3', '4'])
    holder.settle(b.queue('orders'), 'acknowledge', 2)
    other.settle(b.queue('orders'), 'acknowledge', 2)
    const counted = b.queue('orders').counted?.()
    await cluster.pass(50)
    await counted
    expect([b.queue('orders').readyCount, b.queue('orders').unackedCount]).toEqual([0, 0])
    expect(holder.bodies).toEqual(['1', '2'])
  })

  it('give no new message the place of one that was never stored and that somebody has', async () => {
    const [, b] = start()
    const queue = b.queue('orders')
    const holder = new RecordingConsumer()
    await consume(queue, holder)
    cluster.setStuck(0, true)
    queue.publish(persistent('1'))
    await cluster.until(() => holder.received.length === 1, 'it has one')
    cluster.setStuck(0, false)
    cluster.kill('a')
    cluster.give(0, 'b')
    await cluster.until(() => holder.received.length === 2, 'it has it again, from the next owner')
    expect(holder.bodies).toEqual(['1', '1'])
    const counts = async (): Promise<number[]> => {
      const counted = queue.counted()
      await cluster.pass(50)
      await counted
      return [queue.readyCount, queue.unackedCount]
    }
    holder.settle(queue, 'acknowledge', 1)
    expect(await counts()).toEqual([0, 1])
    holder.settle(queue, 'acknowledge', 1)
    expect(await counts()).toEqual([0, 0])
  })

  it('take back what a consumer had whose node is gone, as redelivered', async () => {
    const [a, b] = start()
    const lost = new RecordingConsumer()
    await consume(b.queue('orders'), lost)
    a.queue('orders').publish(persistent('1'))
    await cluster.until(() => lost.received.length === 1, 'it has it')
    cluster.kill('b')
    const next = new RecordingConsumer()
    await consume(a.queue('orders'), next)
    await cluster.until(() => next.received.length === 1, 'another one has it')
    expect(next.received[0]).toMatchObject({ body: '1', redelivered: true })
  })

  it('refuse later what is too much, and say so to who published it', async () => {
    const limited = new Map<string, { type: 'I' | 'S'; value: never }>([
      ['x-max-length', { type: 'I', value: 1 as never }],
      ['x-overflow', { type: 'S', value: 'reject-publish' as never }],
    ])
    const [, b] = start({ ...ORDERS, arguments: limited as never })
    const { tickets } = b.sharding
    const outcomes: number[] = []
    for (const body of ['1', '2']) {
      const ticket = b.queue('orders').publish(persistent(body))
      tickets.listen({ stored: (known) => outcomes.push(tickets.outcomeOf(known)) }, ticket)
    }
    await cluster.until(() => outcomes.length === 2, 'both are known')
    expect(outcomes).toEqual([ACCEPTED, REJECTED])
  })

  it('refuse a consumer where another one is alone', async () => {
    const [a, b] = start()
    const alone = a.queue('orders').consume(new RecordingConsumer(), true)
    await cluster.pass(50)
    await alone
    const refused = b.queue('orders').consume(new RecordingConsumer(), false)
    const expected = expect(refused).rejects.toThrow(
      "ACCESS_REFUSED - queue 'orders' in vhost '/' in exclusive use",
    )
    await cluster.pass(50)
    await expected
  })

  it('know their single active consumer where it is, and that others wait', async () => {
    const single = fieldTableFromObject({ 'x-single-active-consumer': true })
    const [a, b] = start({ ...ORDERS, arguments: single })
    const [first, second] = [new RecordingConsumer(), new RecordingConsumer()]
    await consume(b.queue('orders'), first)
    await consume(a.queue('orders'), second)
    await cluster.pass(1000)
    const active = () => [a, b].map((node) => node.queue('orders').activeConsumer)
    expect(active()).toEqual([undefined, first])
    cluster.kill('b')
    await cluster.pass(1000)
    expect(a.queue('orders').activeConsumer).toBe(second)
  })

  it('get what comes before their owner has heard of them, however long it cannot find out', async () => {
    cluster = new SimulatedCluster(randomNumbers(1), 1)
    const [a, b] = [cluster.start('a', []), cluster.start('b', [ORDERS])]
    cluster.give(0, 'a')
    await cluster.pass(50)
    a.told = () => Promise.reject(new Error('NATS does not answer'))
    const ticket = b.queue('orders').publish(persistent('1'))
    await cluster.pass(1000)
    expect(b.sharding.tickets.outcomeOf(ticket)).toBe(ticket)
    a.declare(ORDERS)
    a.told = () => Promise.resolve()
    const consumer = new RecordingConsumer()
    await cluster.until(
      () => b.sharding.tickets.outcomeOf(ticket) === ACCEPTED,
      'it is known what became of it',
    )
    await consume(b.queue('orders'), consumer)
    await cluster.pass(50)
    expect(consumer.bodies).toEqual(['1'])
  })
})
