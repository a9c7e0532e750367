// Consumers that do not acknowledge: their nodes do, when a client has got a message.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Queue } from '../../../src/queue/queue.ts'
import { sampleMessage } from '../../support/sample-message.ts'
import { randomNumbers } from './link/simulated-traffic.ts'
import { RecordingConsumer } from './support/recording-consumer.ts'
import { type QueueSpec, SimulatedCluster } from './support/simulated-cluster.ts'

const ORDERS: QueueSpec = { id: 1, name: 'orders', shard: 0 }
const QUORUM: QueueSpec = {
  ...{ id: 2, name: 'quorum', shard: 0 },
  arguments: new Map([
    ['x-queue-type', { type: 'S', value: 'quorum' }],
    ['x-delivery-limit', { type: 'I', value: 0 }],
  ]),
}

describe('a consumer that does not acknowledge', () => {
  let cluster: SimulatedCluster
  let consumer: RecordingConsumer

  const queueOn = (node: string, name = 'orders'): Queue =>
    cluster.nodes.get(node)?.queue(name) as Queue
  const publish = async (bodies: readonly string[], name = 'orders'): Promise<void> => {
    for (const body of bodies) {
      queueOn('a', name).publish(sampleMessage(body, { properties: { deliveryMode: 2 } }))
    }
    await cluster.pass(50)
  }
  const consume = async (node: string, one: RecordingConsumer, name = 'orders'): Promise<void> => {
    const done = queueOn(node, name).consume(one, false)
    await cluster.pass(50)
    await done
  }
  const counts = async (): Promise<number[]> => {
    const queue = queueOn('b')
    const counted = queue.counted()
    await cluster.pass(50)
    await counted
    return [queue.readyCount, queue.unackedCount]
  }
  /** Takes so many, and then nothing more. */
  const slow = (count: number): RecordingConsumer => {
    const one = new RecordingConsumer({ noAck: true })
    const { canTake } = one
    one.canTake = () => canTake.call(one) && one.received.length < count
    return one
  }

  beforeEach(() => {
    cluster = new SimulatedCluster(randomNumbers(1), 1)
    for (const name of ['a', 'b', 'c']) cluster.start(name, [ORDERS, QUORUM])
    cluster.give(0, 'a')
    consumer = slow(2)
  })

  afterEach(() => cluster.close())

  it('leaves nothing in the queue of what it got', async () => {
    await consume('b', consumer)
    await publish(['1', '2'])
    expect(consumer.bodies).toEqual(['1', '2'])
    expect(await counts()).toEqual([0, 0])
    cluster.give(0, 'c')
    await cluster.pass(100)
    expect(await counts()).toEqual([0, 0])
  })

  it('gives back what it has not got when it is cancelled: in its place, and as it was', async () => {
    await consume('b', consumer)
    await publish(['1', '2', '3', '4', '5'])
    queueOn('b').cancel(consumer)
    await publish(['6'])
    const next = new RecordingConsumer()
    await consume('c', next)
    expect(next.received.map(({ body, redelivered }) => [body, redelivered])).toEqual(
      ['3', '4', '5', '6'].map((body) => [body, false]),
    )
  })

  it('does not count as one that a message came back from', async () => {
    await consume('b', consumer, 'quorum')
    await publish(['1', '2', '3'], 'quorum')
    queueOn('b', 'quorum').cancel(consumer)
    const next = new RecordingConsumer()
    await consume('c', next, 'quorum')
    expect(next.bodies).toEqual(['3'])
  })

  it('loses nothing with its node but what it has got', async () => {
    await consume('b', consumer)
    await publish(['1', '2', '3', '4'])
    cluster.kill('b')
    const next = new RecordingConsumer()
    await consume('c', next)
    await cluster.until(() => next.received.length === 2, 'the rest has come back')
    expect(next.bodies).toEqual(['3', '4'])
  })

  it('gets everything once when the owner dies', async () => {
    await consume('b', consumer)
    await publish(['1', '2', '3', '4'])
    cluster.kill('a')
    cluster.give(0, 'c')
    await cluster.pass(100)
    consumer.canTake = () => true
    queueOn('b').resume(consumer)
    await cluster.pass(2000)
    expect(consumer.bodies).toEqual(['1', '2', '3', '4'])
    expect(await counts()).toEqual([0, 0])
  })
})
