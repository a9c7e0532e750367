import { fieldTableFromObject } from 'amqp-codec'
import { expect, it, vi } from 'vitest'
import { PlaceOwner } from '../../../src/sharding/place-owner.ts'
import { sampleMessage } from '../../support/sample-message.ts'
import { randomNumbers } from './link/simulated-traffic.ts'
import { SimulatedCluster } from './support/simulated-cluster.ts'

it('remembers few of the publishes that it rejects while more of them come all the time', async () => {
  const sizes: number[] = []
  const takeStamp = PlaceOwner.prototype.takeStamp
  vi.spyOn(PlaceOwner.prototype, 'takeStamp').mockImplementation(function (this: PlaceOwner) {
    const stamp = takeStamp.call(this)
    if (stamp !== undefined) sizes.push(stamp.length)
    return stamp
  })
  const limits = { 'x-max-length': 1, 'x-overflow': 'reject-publish' }
  const full = { id: 1, name: 'full', shard: 0, arguments: fieldTableFromObject(limits) }
  const other = { id: 10, name: 'other', shard: 0 }
  const cluster = new SimulatedCluster(randomNumbers(1), 1)
  cluster.start('a', [full, other])
  const b = cluster.start('b', [full, other])
  cluster.give(0, 'a')
  await cluster.pass(50)
  for (let ms = 0; ms < 400; ms++) {
    for (const name of ['full', 'full', 'other']) {
      b.queue(name).publish(sampleMessage('x', { properties: { deliveryMode: 2 } }))
    }
    await cluster.passSlowly(1)
  }
  cluster.close()
  expect(Math.max(...sizes)).toBeLessThan(500)
})
