// Messages that are moved from one queue to another, whose owner is another node.

import { expect, it } from 'vitest'
import { MessageMove, type MoveResult } from '../../../src/vhost/message-move.ts'
import { sampleMessage } from '../../support/sample-message.ts'
import { randomNumbers } from './link/simulated-traffic.ts'
import { type QueueSpec, SimulatedCluster } from './support/simulated-cluster.ts'

const QUEUES: readonly QueueSpec[] = [
  { id: 1, name: 'from', shard: 0 },
  { id: 10, name: 'to', shard: 1 },
  { id: 20, name: 'elsewhere', shard: 2 },
]
const persistent = (body: string) => sampleMessage(body, { properties: { deliveryMode: 2 } })

it('a move waits for those who get what is moved, and not for a shard without an owner', async () => {
  const cluster = new SimulatedCluster(randomNumbers(1), 3)
  const a = cluster.start('a', QUEUES)
  cluster.start('b', QUEUES)
  cluster.give(0, 'a')
  for (let count = 0; count < 20; count++) a.queue('from').publish(persistent(`${count}`))
  await cluster.pass(50)
  const { tickets } = a.sharding
  const waiting = a.queue('elsewhere').publish(persistent('waits'))
  const { vhost } = a
  const move = new MessageMove({
    ...{ vhost, tickets, clock: cluster.clock, queue: a.queue('from') },
    target: { exchange: vhost.exchanges.get(''), routingKey: 'to', mayUse: () => true },
    stored: async (moved) => tickets.settled(moved),
  })
  let result: MoveResult | undefined
  void move.all(1000).then((known) => {
    result = known
  })
  await cluster.pass(500)
  expect(result).toBeUndefined()
  cluster.give(1, 'b')
  await cluster.until(() => result !== undefined, 'all are moved')
  expect(result).toEqual({ moved: 20, kept: 0 })
  expect(tickets.outcomeOf(waiting)).toBe(waiting)
  await cluster.pass(1000)
  const counts = ['from', 'to'].map((name) => a.queue(name).readyCount)
  cluster.close()
  expect(counts).toEqual([0, 20])
})
