// A shard that its owner lets go of, so that another node may have it.

import { fieldTableFromObject } from 'amqp-codec'
import { expect, it } from 'vitest'
import { ACCEPTED } from '../../../src/exchange/destination.ts'
import { sampleMessage } from '../../support/sample-message.ts'
import { randomNumbers } from './link/simulated-traffic.ts'
import { type QueueSpec, SimulatedCluster } from './support/simulated-cluster.ts'

const GRAVE: QueueSpec = { id: 1, name: 'grave', shard: 1 }
const MORTAL: QueueSpec = {
  id: 10,
  name: 'mortal',
  shard: 0,
  arguments: fieldTableFromObject({
    'x-dead-letter-exchange': '',
    'x-dead-letter-routing-key': 'grave',
    'x-message-ttl': 100,
  }),
}

/** Dead letters are under way then, some of them or all. */
const WHEN = [1, 3, 8, 20, 30, 50]

it.each(WHEN)('dead letters come once where the owner hands over %i ms later', async (ms) => {
  const cluster = new SimulatedCluster(randomNumbers(1), 2)
  const a = cluster.start('a', [GRAVE, MORTAL])
  const b = cluster.start('b', [GRAVE, MORTAL])
  cluster.give(0, 'a')
  cluster.give(1, 'b')
  await cluster.pass(50)
  cluster.traffic.weather = { loss: 0, repetition: 0, delay: 1, maxDelayMs: 40 }
  for (let i = 0; i < 20; i++) {
    a.queue('mortal').publish(sampleMessage(`${i}`, { properties: { deliveryMode: 2 } }))
  }
  await cluster.passSlowly(100 + ms)
  let isReleased = false
  a.owned.delete(0)
  void a.sharding.release(0).then(() => {
    isReleased = true
  })
  await cluster.until(() => isReleased, 'it is released')
  cluster.give(0, 'b')
  await cluster.pass(3000)
  const queue = b.queue('grave')
  const counted = queue.counted()
  await cluster.pass(300)
  await counted
  cluster.close()
  expect(queue.readyCount).toBe(20)
})

it('a shard that is given back while it is let go of is served', async () => {
  const cluster = new SimulatedCluster(randomNumbers(1), 2)
  const a = cluster.start('a', [GRAVE, MORTAL])
  const b = cluster.start('b', [GRAVE, MORTAL])
  cluster.give(0, 'a')
  cluster.give(1, 'b')
  await cluster.pass(50)
  cluster.setStuck(1, true)
  a.queue('mortal').publish(sampleMessage('1', { properties: { deliveryMode: 2 } }))
  await cluster.pass(200)
  void a.sharding.release(0)
  await cluster.pass(50)
  cluster.give(0, 'a')
  await cluster.pass(3000)
  const ticket = b.queue('mortal').publish(sampleMessage('2', { properties: { deliveryMode: 2 } }))
  await cluster.pass(1000)
  const outcome = b.sharding.tickets.outcomeOf(ticket)
  cluster.close()
  expect(outcome).toBe(ACCEPTED)
})
