import { expect, it } from 'vitest'
import { newLinkId } from '../../../src/sharding/link/datagram.ts'
import { LinkSender } from '../../../src/sharding/link/link-sender.ts'
import { randomNumbers } from './link/simulated-traffic.ts'
import { SimulatedCluster } from './support/simulated-cluster.ts'

const ORDERS = { id: 1, name: 'orders', shard: 0 }

it('a front that never says who it is is forgotten, and those that do are not', async () => {
  const cluster = new SimulatedCluster(randomNumbers(1), 1)
  const a = cluster.start('a', [ORDERS])
  cluster.start('b', [ORDERS])
  cluster.give(0, 'a')
  await cluster.pass(50)
  const { traffic, clock } = cluster
  let isRefused = false
  const link = new LinkSender({
    ...{ traffic, clock, linkId: newLinkId() },
    address: 's.0.1',
    onDrained() {},
    onRefused: () => {
      isRefused = true
    },
  })
  const sayNothing = async (): Promise<void> => {
    link.send([Buffer.alloc(0)])
    await cluster.pass(100)
  }
  await sayNothing()
  await cluster.pass(50_000)
  await sayNothing()
  expect(isRefused).toBe(false)
  await cluster.pass(12_000)
  await sayNothing()
  expect(isRefused).toBe(true)
  expect(a.sharding.shardStates).toMatchObject([{ sessions: 2 }])
  cluster.close()
})
