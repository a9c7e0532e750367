// What is settled while the owner that is to hear it is about to be none any more.

import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Queue } from '../../../src/queue/queue.ts'
import { sampleMessage } from '../../support/sample-message.ts'
import { randomNumbers } from './link/simulated-traffic.ts'
import { RecordingConsumer } from './support/recording-consumer.ts'
import { type QueueSpec, SimulatedCluster } from './support/simulated-cluster.ts'

const ORDERS: QueueSpec = { id: 1, name: 'orders', shard: 0 }

let cluster: SimulatedCluster

beforeEach(() => {
  cluster = new SimulatedCluster(randomNumbers(1), 1)
  for (const name of ['a', 'b', 'c']) cluster.start(name, [ORDERS])
  cluster.give(0, 'a')
})
afterEach(() => cluster.close())

const queueOn = (name: string): Queue => cluster.nodes.get(name)?.queue('orders') as Queue

function publish(body: string): void {
  queueOn('c').publish(sampleMessage(body, { properties: { deliveryMode: 2 } }))
}

async function consumeOnB(noAck = false): Promise<RecordingConsumer> {
  const consumer = new RecordingConsumer({ noAck })
  const done = queueOn('b').consume(consumer, false)
  await cluster.pass(50)
  await done
  return consumer
}

async function countsAtC(): Promise<{ ready: number; unacked: number }> {
  const queue = queueOn('c')
  const counted = queue.counted?.()
  await cluster.pass(100)
  await counted
  return { ready: queue.readyCount, unacked: queue.unackedCount }
}

it.each([1, 2, 3])(
  'what is acknowledged %i ms into a hand-over does not come again',
  async (ms) => {
    const consumer = await consumeOnB()
    publish('1')
    await cluster.pass(50)
    cluster.handOver(0, 'c')
    await cluster.passSlowly(ms - 1)
    consumer.settle(queueOn('b'), 'acknowledge', 1)
    await cluster.pass(3000)
    expect(consumer.bodies).toEqual(['1'])
    expect(await countsAtC()).toEqual({ ready: 0, unacked: 0 })
  },
)

it('nor does what a client that does not acknowledge has just got', async () => {
  const consumer = await consumeOnB(true)
  publish('1')
  while (consumer.bodies.length === 0) await cluster.passSlowly(1)
  cluster.handOver(0, 'c')
  await new Promise((resolve) => setImmediate(resolve))
  await cluster.pass(3000)
  expect(consumer.bodies).toEqual(['1'])
  expect(await countsAtC()).toEqual({ ready: 0, unacked: 0 })
})

it('what was requeued on the way to an owner that dies comes again, once', async () => {
  const consumer = await consumeOnB()
  publish('1')
  await cluster.pass(50)
  cluster.traffic.isDeaf = (address) => address === 's.0.1'
  consumer.settle(queueOn('b'), 'requeue', 1)
  await cluster.pass(20)
  cluster.kill('a')
  cluster.give(0, 'c')
  await cluster.pass(3000)
  expect(consumer.bodies).toEqual(['1', '1'])
  expect(await countsAtC()).toEqual({ ready: 0, unacked: 1 })
})

it('what is acknowledged of a lost message, too late to be claimed, settles no new one', async () => {
  const consumer = await consumeOnB()
  cluster.setStuck(0, true)
  queueOn('a').publish(sampleMessage('lost', { properties: { deliveryMode: 2 } }))
  await cluster.until(() => consumer.bodies.length === 1, 'it is delivered')
  cluster.kill('a')
  cluster.setStuck(0, false)
  // The claim comes when the queue has been served for some time, and another message has that place.
  cluster.traffic.isDeaf = (address) => address.startsWith('s.0.')
  cluster.give(0, 'c')
  await cluster.pass(1500)
  publish('kept')
  await cluster.pass(100)
  consumer.settle(queueOn('b'), 'acknowledge', 1)
  cluster.traffic.isDeaf = () => false
  await cluster.until(() => consumer.bodies.length === 2, 'the other is delivered')
  await cluster.pass(500)
  expect(consumer.unsettled.map(({ body }) => body)).toEqual(['kept'])
  expect(await countsAtC()).toEqual({ ready: 0, unacked: 1 })
})
