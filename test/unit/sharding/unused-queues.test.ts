// Queues that end when nobody uses them, and nodes that cannot be reached for a while.

import { fieldTableFromObject } from 'amqp-codec'
import { afterEach, describe, expect, it } from 'vitest'
import { randomNumbers } from './link/simulated-traffic.ts'
import { RecordingConsumer } from './support/recording-consumer.ts'
import {
  type QueueSpec,
  SimulatedCluster,
  type SimulatedNode,
} from './support/simulated-cluster.ts'

const AUTO_DELETE: QueueSpec = { id: 1, name: 'passing', shard: 0, autoDelete: true }
const EXPIRING: QueueSpec = {
  id: 1,
  name: 'passing',
  shard: 0,
  arguments: fieldTableFromObject({ 'x-expires': 500 }),
}

describe('a queue that ends when it is not used', () => {
  let cluster: SimulatedCluster
  afterEach(() => cluster.close())

  const start = (spec: QueueSpec) => {
    cluster = new SimulatedCluster(randomNumbers(1), 1)
    const nodes = { a: cluster.start('a', [spec]), b: cluster.start('b', [spec]) }
    cluster.give(0, 'a')
    return nodes
  }
  const consume = async (node: SimulatedNode) => {
    const consumer = new RecordingConsumer()
    const done = node.queue('passing').consume(consumer, false)
    await cluster.pass(50)
    await done
    return consumer
  }
  const isThere = (node: 'a' | 'b'): boolean =>
    cluster.nodes.get(node)?.vhost.queues.find('passing') !== undefined

  it('ends also with an owner that had to wait for others first', async () => {
    cluster = new SimulatedCluster(randomNumbers(1), 1)
    cluster.start('a', [EXPIRING])
    // It never says what it holds.
    cluster.start('silent', [EXPIRING]).sharding.close()
    cluster.give(0, 'a')
    await cluster.pass(900)
    expect(isThere('a')).toBe(true)
    await cluster.pass(2000)
    expect(isThere('a')).toBe(false)
  })

  it('stays while the node of its consumer cannot be reached', async () => {
    const { b } = start(AUTO_DELETE)
    const consumer = await consume(b)
    cluster.traffic.isDeaf = (address) => address.startsWith('f.')
    b.queue('passing').touch()
    void b.queue('passing').counted()
    await cluster.pass(1000)
    cluster.traffic.isDeaf = () => false
    await cluster.pass(1000)
    expect([isThere('a'), consumer.isCancelled]).toEqual([true, false])
    b.queue('passing').cancel(consumer)
    await cluster.pass(200)
    expect(isThere('a')).toBe(false)
  })

  it('ends when that node is gone', async () => {
    const { b } = start(AUTO_DELETE)
    await consume(b)
    cluster.traffic.isDeaf = (address) => address.startsWith('f.')
    void b.queue('passing').counted()
    await cluster.pass(1000)
    expect(isThere('a')).toBe(true)
    cluster.kill('b')
    await cluster.pass(200)
    expect(isThere('a')).toBe(false)
  })
})
