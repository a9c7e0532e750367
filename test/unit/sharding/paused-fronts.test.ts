import { expect, it } from 'vitest'
import { sampleMessage } from '../../support/sample-message.ts'
import { randomNumbers } from './link/simulated-traffic.ts'
import { RecordingConsumer } from './support/recording-consumer.ts'
import { type QueueSpec, SimulatedCluster } from './support/simulated-cluster.ts'

const ORDERS: QueueSpec = { id: 1, name: 'orders', shard: 0 }

// The owner remembers for two minutes what there was of a front.
it.each([60, 125])(
  'a front that was paused for %i s publishes nothing as new a second time',
  async (seconds) => {
    const cluster = new SimulatedCluster(randomNumbers(1), 1)
    const [a, b] = ['a', 'b'].map((name) => cluster.start(name, [ORDERS]))
    if (a === undefined || b === undefined) throw new Error('there is no node')
    cluster.give(0, 'a')
    const consumer = new RecordingConsumer()
    const done = a.queue('orders').consume(consumer, false)
    await cluster.pass(50)
    await done
    cluster.traffic.isDeaf = (address) => address.startsWith('f.')
    b.queue('orders').publish(sampleMessage('1', { properties: { deliveryMode: 2 } }))
    await cluster.pass(100)
    expect(consumer.bodies).toEqual(['1'])
    cluster.traffic.isDeaf = () => true
    const { nodes, version } = cluster.map
    const others = new Map([...nodes].filter(([name]) => name !== 'b'))
    a.follow({ ...cluster.map, nodes: others, version: version + 1 })
    await cluster.pass(seconds * 1000)
    cluster.traffic.isDeaf = () => false
    const again = new Map([...others, ['b', { incarnation: 'b-again' }]])
    for (const node of [a, b]) node.follow({ ...cluster.map, nodes: again, version: version + 2 })
    await cluster.pass(2000)
    cluster.close()
    const fresh = consumer.received.filter(({ redelivered }) => !redelivered)
    expect(fresh.map(({ body }) => body)).toEqual(['1'])
  },
)
