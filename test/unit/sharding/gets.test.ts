// `basic.get` that need not be acknowledged, while its owner is about to be none any more.

import { expect, it } from 'vitest'
import { sampleMessage } from '../../support/sample-message.ts'
import { randomNumbers } from './link/simulated-traffic.ts'
import { type QueueSpec, SimulatedCluster } from './support/simulated-cluster.ts'

const ORDERS: QueueSpec = { id: 1, name: 'orders', shard: 0 }

const MOMENTS = [1, 2, 3].flatMap((ms) => [
  { ms, how: 'hands over' },
  { ms, how: 'dies' },
])

it.each(MOMENTS)(
  'gets one message and loses none when the owner $how, $ms ms later',
  async ({ ms, how }) => {
    const cluster = new SimulatedCluster(randomNumbers(1), 1)
    const [, b, c] = ['a', 'b', 'c'].map((name) => cluster.start(name, [ORDERS]).queue('orders'))
    if (b === undefined || c === undefined) throw new Error('there is no queue')
    cluster.give(0, 'a')
    await cluster.pass(50)
    for (const body of ['1', '2'])
      c.publish(sampleMessage(body, { properties: { deliveryMode: 2 } }))
    await cluster.pass(100)
    const got = b.get(true)
    await cluster.passSlowly(ms)
    if (how === 'dies') {
      cluster.kill('a')
      cluster.give(0, 'c')
    } else cluster.handOver(0, 'c')
    await cluster.pass(3000)
    expect(await got).toBeDefined()
    const counted = c.counted?.()
    await cluster.pass(100)
    await counted
    cluster.close()
    expect([c.readyCount, c.unackedCount]).toEqual([1, 0])
  },
)
