import { expect, it } from 'vitest'
import { WINDOW_COUNT } from '../../../src/sharding/window.ts'
import { sampleMessage } from '../../support/sample-message.ts'
import { randomNumbers } from './link/simulated-traffic.ts'
import { RecordingConsumer } from './support/recording-consumer.ts'
import { type QueueSpec, SimulatedCluster } from './support/simulated-cluster.ts'

const ORDERS: QueueSpec = { id: 1, name: 'orders', shard: 0 }
const COUNT = 4 * WINDOW_COUNT

it('a consumer that takes nothing is sent no more by one owner after the other', async () => {
  const cluster = new SimulatedCluster(randomNumbers(1), 1)
  const [a, b, c] = ['a', 'b', 'c'].map((name) => cluster.start(name, [ORDERS]).queue('orders'))
  if (a === undefined || b === undefined || c === undefined) throw new Error('there is no queue')
  cluster.give(0, 'a')
  const consumer = new RecordingConsumer()
  consumer.isTaking = false
  const done = c.consume(consumer, false)
  await cluster.pass(100)
  await done
  for (let index = 0; index < COUNT; index++) {
    c.publish(sampleMessage(`${index}`, { properties: { deliveryMode: 2 } }))
  }
  await cluster.pass(1000)
  expect(a.unackedCount).toBe(WINDOW_COUNT)
  cluster.handOver(0, 'b')
  await cluster.pass(1000)
  expect(b.unackedCount).toBe(WINDOW_COUNT)
  cluster.give(0, 'a')
  await cluster.pass(1000)
  expect(a.unackedCount).toBe(WINDOW_COUNT)
  consumer.isTaking = true
  c.resume(consumer)
  await cluster.pass(1000)
  cluster.close()
  expect(consumer.bodies).toEqual(Array.from({ length: COUNT }, (_, index) => `${index}`))
})
