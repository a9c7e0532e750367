// A session that the owner has ended, and whose front has not heard of it.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Queue } from '../../../src/queue/queue.ts'
import { sampleMessage } from '../../support/sample-message.ts'
import { randomNumbers } from './link/simulated-traffic.ts'
import { RecordingConsumer } from './support/recording-consumer.ts'
import { type QueueSpec, SimulatedCluster } from './support/simulated-cluster.ts'

const ORDERS: QueueSpec = { id: 1, name: 'orders', shard: 0 }

let cluster: SimulatedCluster

beforeEach(() => {
  cluster = new SimulatedCluster(randomNumbers(1), 1)
  for (const name of ['a', 'b']) cluster.start(name, [ORDERS])
})
afterEach(() => cluster.close())

const queueOn = (name: string): Queue => cluster.nodes.get(name)?.queue('orders') as Queue

function publish(body: string): void {
  queueOn('a').publish(sampleMessage(body, { properties: { deliveryMode: 2 } }))
}

async function consumeOnB(): Promise<RecordingConsumer> {
  const consumer = new RecordingConsumer()
  const done = queueOn('b').consume(consumer, false)
  await cluster.pass(100)
  await done
  return consumer
}

/** For so long that the owner gives up what it has to say to nodes. */
async function silenceFronts(ms: number): Promise<void> {
  cluster.traffic.isDeaf = (address) => address.startsWith('f.')
  await cluster.pass(ms)
  cluster.traffic.isDeaf = () => false
}

describe('a front', () => {
  it.each([250, 600])('that has only consumers gets messages again after %i ms', async (ms) => {
    cluster.give(0, 'a')
    const consumer = await consumeOnB()
    await cluster.pass(2000)
    publish('1')
    await silenceFronts(ms)
    publish('2')
    await cluster.pass(3000)
    expect(consumer.bodies).toEqual(['1', '2'])
    expect(queueOn('a')).toMatchObject({ readyCount: 0, unackedCount: 2, consumerCount: 1 })
  })

  it('that only looks on sees again how much there is', async () => {
    cluster.give(0, 'a')
    await cluster.pass(2000)
    publish('1')
    await silenceFronts(2000)
    publish('2')
    await cluster.pass(15_000)
    expect(queueOn('b').readyCount).toBe(2)
  })

  it('goes on although a hello of its past comes late', async () => {
    const { traffic } = cluster
    const send = traffic.send.bind(traffic)
    let sayLate = (): void => {}
    traffic.send = (address, payload, timeoutMs) => {
      if (address !== 's.0.1') return
      const hello = Buffer.from(payload)
      sayLate = () => send(address, hello, timeoutMs, () => {})
    }
    cluster.give(0, 'a')
    await cluster.pass(50)
    traffic.send = send
    cluster.rejoin('b')
    const consumer = await consumeOnB()
    sayLate()
    await cluster.pass(2000)
    publish('1')
    await cluster.pass(3000)
    expect(consumer.bodies).toEqual(['1'])
    expect(queueOn('a').consumerCount).toBe(1)
  })
})

it('an idle cluster is quiet', async () => {
  cluster.give(0, 'a')
  await cluster.pass(2000)
  const { sent } = cluster.traffic
  await cluster.pass(60_000)
  expect(cluster.traffic.sent - sent).toBeLessThanOrEqual(6)
})
