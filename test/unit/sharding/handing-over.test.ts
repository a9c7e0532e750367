// A shard that its owner lets go of, so that another node may have it.

import { fieldTableFromObject } from 'amqp-codec'
import { expect, it, vi } from 'vitest'
import { ACCEPTED } from '../../../src/exchange/destination.ts'
import { OwnedShard } from '../../../src/sharding/owned-shard.ts'
import { sampleMessage } from '../../support/sample-message.ts'
import { randomNumbers } from './link/simulated-traffic.ts'
import {
  type ExchangeSpec,
  type QueueSpec,
  SimulatedCluster,
  type SimulatedNode,
} from './support/simulated-cluster.ts'

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
const LATER: ExchangeSpec = { id: 20, name: 'later', shard: 0 }

/** What has been due for so long is under way, some of it or all. */
const WHEN = [1, 3, 8, 20, 30, 50]
const COUNT = 20

/** Has so many messages leave shard 0 for a queue, and counts what has come there after a hand-over. */
async function arrivalsAround(
  handOverMs: number,
  grave: QueueSpec,
  publish: (node: SimulatedNode, body: string) => void,
): Promise<number> {
  const cluster = new SimulatedCluster(randomNumbers(1), 2)
  const a = cluster.start('a', [grave, MORTAL], [LATER])
  const b = cluster.start('b', [grave, MORTAL], [LATER])
  cluster.give(0, 'a')
  cluster.give(1, 'b')
  await cluster.pass(50)
  cluster.traffic.weather = { loss: 0, repetition: 0, delay: 1, maxDelayMs: 40 }
  for (let i = 0; i < COUNT; i++) publish(a, `${i}`)
  await cluster.passSlowly(100 + handOverMs)
  await release(cluster, a)
  cluster.give(0, 'b')
  await cluster.pass(3000)
  const queue = b.queue('grave')
  const counted = queue.counted()
  await cluster.pass(300)
  await counted
  cluster.close()
  return queue.readyCount
}

async function release(cluster: SimulatedCluster, node: SimulatedNode, shard = 0): Promise<void> {
  let isReleased = false
  node.owned.delete(shard)
  void node.sharding.release(shard).then(() => {
    isReleased = true
  })
  await cluster.until(() => isReleased, 'it is released')
}

const persistent = (body: string) => sampleMessage(body, { properties: { deliveryMode: 2 } })
const toMortal = (node: SimulatedNode, body: string): void => {
  node.queue('mortal').publish(persistent(body))
}
const delayedToGrave = (node: SimulatedNode, body: string): void => {
  const headers = fieldTableFromObject({ 'x-delay': 100 })
  const properties = { deliveryMode: 2, headers }
  const message = sampleMessage(body, { exchange: 'later', routingKey: 'grave', properties })
  node.publishDelayed('later', message)
}

it('what need not be stored moves with its queue, be it ready, taken or yet to come', async () => {
  const cluster = new SimulatedCluster(randomNumbers(1), 2)
  const a = cluster.start('a', [GRAVE], [{ ...LATER, shard: 1 }])
  const b = cluster.start('b', [GRAVE], [{ ...LATER, shard: 1 }])
  cluster.give(1, 'a')
  await cluster.pass(50)
  const headers = fieldTableFromObject({ 'x-delay': 2000 })
  const address = { exchange: 'later', routingKey: 'grave' }
  a.publishDelayed('later', sampleMessage('late', { ...address, properties: { headers } }))
  for (const body of ['first', 'second', 'third']) a.queue('grave').publish(sampleMessage(body))
  const taken = b.queue('grave').get(false)
  await cluster.pass(50)
  expect(await taken).toMatchObject({ redelivered: false })
  await release(cluster, a, 1)
  cluster.give(1, 'b')
  await cluster.pass(1500)
  expect(b.queue('grave')).toMatchObject({ readyCount: 2, unackedCount: 1 })
  await cluster.pass(1000)
  expect(b.queue('grave')).toMatchObject({ readyCount: 3, unackedCount: 1 })
  cluster.close()
})

it.each(WHEN)('dead letters come once where the owner hands over %i ms later', async (ms) => {
  expect(await arrivalsAround(ms, GRAVE, toMortal)).toBe(COUNT)
})

it.each(WHEN)('those that stay in the shard come once, too, %i ms later', async (ms) => {
  expect(await arrivalsAround(ms, { ...GRAVE, shard: 0 }, toMortal)).toBe(COUNT)
})

it.each(WHEN)('so does what an exchange has delayed, %i ms later', async (ms) => {
  expect(await arrivalsAround(ms, GRAVE, delayedToGrave)).toBe(COUNT)
  expect(await arrivalsAround(ms, { ...GRAVE, shard: 0 }, delayedToGrave)).toBe(COUNT)
})

it('a shard that cannot be let go of in order is let go of', async () => {
  const cluster = new SimulatedCluster(randomNumbers(1), 2)
  const a = cluster.start('a', [GRAVE, MORTAL])
  const b = cluster.start('b', [GRAVE, MORTAL])
  cluster.give(0, 'a')
  await cluster.pass(50)
  const broken = vi.spyOn(OwnedShard.prototype, 'release')
  broken.mockRejectedValueOnce(new Error('NATS is closed'))
  await release(cluster, a)
  expect(a.sharding.shardStates).toEqual([])
  cluster.give(0, 'b')
  const ticket = b.queue('mortal').publish(persistent('1'))
  await cluster.pass(100)
  const outcome = b.sharding.tickets.outcomeOf(ticket)
  cluster.close()
  expect(outcome).toBe(ACCEPTED)
})

it('a shard that is given back while it is let go of is served', async () => {
  const cluster = new SimulatedCluster(randomNumbers(1), 2)
  const a = cluster.start('a', [GRAVE, MORTAL])
  const b = cluster.start('b', [GRAVE, MORTAL])
  cluster.give(0, 'a')
  cluster.give(1, 'b')
  await cluster.pass(50)
  cluster.setStuck(1, true)
  a.queue('mortal').publish(persistent('1'))
  await cluster.pass(200)
  void a.sharding.release(0)
  await cluster.pass(50)
  cluster.give(0, 'a')
  await cluster.pass(3000)
  const ticket = b.queue('mortal').publish(persistent('2'))
  await cluster.pass(1000)
  const outcome = b.sharding.tickets.outcomeOf(ticket)
  cluster.close()
  expect(outcome).toBe(ACCEPTED)
})
