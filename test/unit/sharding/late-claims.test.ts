// A front that says what it holds when its queue has been served for some time.

import { expect, it } from 'vitest'
import { sampleMessage } from '../../support/sample-message.ts'
import { randomNumbers } from './link/simulated-traffic.ts'
import { RecordingConsumer } from './support/recording-consumer.ts'
import { type QueueSpec, SimulatedCluster } from './support/simulated-cluster.ts'

const ORDERS: QueueSpec = { id: 1, name: 'orders', shard: 0 }
const COUNT = 300
const LATE_MS = [950, 990, 1000, 1005, 1010, 1020, 1040, 1100]

it.each(LATE_MS)('nothing is lost or there twice when a claim comes after %i ms', async (ms) => {
  const cluster = new SimulatedCluster(randomNumbers(1), 1)
  for (const name of ['a', 'b', 'c']) cluster.start(name, [ORDERS])
  const [b, c] = ['b', 'c'].map((name) => cluster.nodes.get(name)?.queue('orders'))
  if (b === undefined || c === undefined) throw new Error('there is no queue')
  cluster.give(0, 'a')
  const early = new RecordingConsumer({ prefetchCount: 20 })
  const first = b.consume(early, false)
  await cluster.pass(50)
  await first
  for (let index = 0; index < COUNT; index++) {
    c.publish(sampleMessage(`${index}`, { properties: { deliveryMode: 2 } }))
  }
  await cluster.pass(100)
  early.settle(b, 'acknowledge', 5)
  await cluster.pass(50)
  const acknowledged = early.bodies.slice(0, 5)
  cluster.kill('a')
  const { traffic } = cluster
  traffic.isDeaf = (address) => address.startsWith('s.0.')
  cluster.give(0, 'c')
  const other = new RecordingConsumer({ prefetchCount: 7 })
  const second = c.consume(other, false)
  for (let passed = 0; passed < 8000; passed += 5) {
    if (passed === Math.floor(ms / 5) * 5) traffic.isDeaf = () => false
    await cluster.pass(5)
    acknowledged.push(...other.settle(c, 'acknowledge', 7).map(({ body }) => body))
    if (passed > 4000) {
      acknowledged.push(...early.settle(b, 'acknowledge', 20).map(({ body }) => body))
    }
  }
  await second
  const counted = c.counted()
  await cluster.pass(100)
  await counted
  cluster.close()
  expect([c.readyCount, c.unackedCount]).toEqual([0, 0])
  expect(new Set(acknowledged).size).toBe(COUNT)
  const fresh = [...early.received, ...other.received].filter(({ redelivered }) => !redelivered)
  const bodies = fresh.map(({ body }) => body)
  expect(bodies.filter((body, index) => bodies.indexOf(body) !== index)).toEqual([])
})
