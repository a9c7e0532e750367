import { expect, it } from 'vitest'
import { sampleMessage } from '../../support/sample-message.ts'
import { randomNumbers } from './link/simulated-traffic.ts'
import { RecordingConsumer } from './support/recording-consumer.ts'
import { type QueueSpec, SimulatedCluster } from './support/simulated-cluster.ts'

const ORDERS: QueueSpec = { id: 1, name: 'orders', shard: 0 }
/** By then the first of the new owners has long heard of the consumer. */
const LONG_MS = 12

/** A queue whose owner is another one, and so many milliseconds later one more. */
async function afterTwoOwners(betweenMs: number, isExclusive: boolean) {
  const cluster = new SimulatedCluster(randomNumbers(1), 1)
  for (const name of ['a', 'b', 'c']) cluster.start(name, [ORDERS])
  cluster.give(0, 'a')
  const queue = cluster.nodes.get('b')?.queue('orders')
  if (queue === undefined) throw new Error('there is no queue')
  const consumer = new RecordingConsumer({ prefetchCount: 1 })
  const done = queue.consume(consumer, isExclusive)
  await cluster.pass(50)
  await done
  cluster.give(0, 'c')
  await cluster.passSlowly(betweenMs)
  cluster.give(0, 'a')
  await cluster.pass(100)
  for (const body of ['1', '2']) {
    queue.publish(sampleMessage(body, { properties: { deliveryMode: 2 } }))
  }
  const counted = queue.counted()
  await cluster.pass(100)
  await counted
  const { consumerCount } = queue
  cluster.close()
  return { consumerCount, isCancelled: consumer.isCancelled, bodies: consumer.bodies }
}

const WHEN = Array.from({ length: LONG_MS }, (_, index) => index + 1)

it.each(WHEN)(
  'a consumer is one where the owner is another, and another %i ms later',
  async (ms) => {
    expect(await afterTwoOwners(ms, false)).toEqual({
      consumerCount: 1,
      isCancelled: false,
      bodies: ['1'],
    })
  },
)

it.each(WHEN)('one that is alone stays that with two owners in %i ms', async (ms) => {
  expect(await afterTwoOwners(ms, true)).toEqual({
    consumerCount: 1,
    isCancelled: false,
    bodies: ['1'],
  })
})

it('what an owner has delivered and not stored comes from the next one as redelivered', async () => {
  const cluster = new SimulatedCluster(randomNumbers(1), 1)
  for (const name of ['a', 'b', 'c']) cluster.start(name, [ORDERS])
  cluster.give(0, 'a')
  const [consumed, published] = ['b', 'c'].map((name) => cluster.nodes.get(name)?.queue('orders'))
  if (consumed === undefined || published === undefined) throw new Error('there is no queue')
  const consumer = new RecordingConsumer({ prefetchCount: 10 })
  const done = consumed.consume(consumer, false)
  await cluster.pass(50)
  await done
  cluster.setStuck(0, true)
  published.publish(sampleMessage('1', { properties: { deliveryMode: 2 } }))
  await cluster.until(() => consumer.bodies.length === 1, 'it is delivered')
  cluster.kill('a')
  published.publish(sampleMessage('2', { properties: { deliveryMode: 2 } }))
  cluster.setStuck(0, false)
  cluster.give(0, 'b')
  await cluster.until(() => consumer.bodies.length === 3, 'both are delivered')
  cluster.close()
  expect(consumer.received).toMatchObject([
    { body: '1', redelivered: false },
    { body: '1', redelivered: true },
    { body: '2', redelivered: false },
  ])
})

it('what was lost with its owner settles nothing else, whoever has its place two owners later', async () => {
  const cluster = new SimulatedCluster(randomNumbers(1), 1)
  const [a, b, c] = ['a', 'b', 'c'].map((name) => cluster.start(name, [ORDERS]).queue('orders'))
  if (a === undefined || b === undefined || c === undefined) throw new Error('there is no queue')
  cluster.give(0, 'a')
  const consumer = new RecordingConsumer({ prefetchCount: 10 })
  const done = b.consume(consumer, false)
  await cluster.pass(50)
  await done
  cluster.setStuck(0, true)
  a.publish(sampleMessage('lost', { properties: { deliveryMode: 2 } }))
  await cluster.until(() => consumer.bodies.length === 1, 'it is delivered')
  cluster.kill('a')
  cluster.setStuck(0, false)
  cluster.give(0, 'c')
  await cluster.pass(50)
  cluster.kill('c')
  cluster.give(0, 'b')
  await cluster.pass(50)
  b.publish(sampleMessage('kept', { properties: { deliveryMode: 2 } }))
  await cluster.until(() => consumer.bodies.length === 2, 'the other is delivered')
  expect(consumer.received[1]?.sequence).toBe(consumer.received[0]?.sequence)
  consumer.settle(b, 'acknowledge', 1)
  const counted = b.counted()
  await cluster.pass(100)
  await counted
  const { unackedCount } = b
  cluster.close()
  expect(unackedCount).toBe(1)
})
