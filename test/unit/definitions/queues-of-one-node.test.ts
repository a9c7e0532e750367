import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { MemoryDisk } from '../../../src/store/memory/memory-disk.ts'
import { MemoryMetadata } from '../../../src/store/memory/memory-metadata.ts'
import { DefinitionsCluster, storedIn } from '../../support/definitions-cluster.ts'
import type { DefinitionsNode } from '../../support/definitions-node.ts'
import { LateMetadata } from '../../support/late-metadata.ts'

let disk: MemoryDisk
let cluster: DefinitionsCluster
let a: DefinitionsNode
let b: DefinitionsNode

const oneTurn = (): number => 1
const open = (): LateMetadata => new LateMetadata(new MemoryMetadata(disk), oneTurn, oneTurn)

beforeEach(async () => {
  disk = new MemoryDisk()
  cluster = new DefinitionsCluster()
  a = await cluster.start('a', open())
  b = await cluster.start('b', open())
  onTestFinished(() => cluster.close())
})

describe('a queue of one node', () => {
  it('is known to the others, who may not use it when it is exclusive', async () => {
    a.declareQueue('', { durable: false, exclusiveOwner: a.owner })
    const mine = a.declareQueue('mine', { durable: false, exclusiveOwner: a.owner })
    const plain = a.declareQueue('plain', { durable: false })
    await Promise.all([a.vhost().queueStored('mine'), a.vhost().queueStored('plain')])
    const place = { node: 'a', incarnation: a.incarnation }
    expect(a.made.get(mine)).toMatchObject({ place })
    expect(() => b.vhost().queues.get('mine', b.owner)).toThrow('RESOURCE_LOCKED')
    expect(b.vhost().queues.get('plain', b.owner)).toMatchObject({ durable: plain.durable })
    void a.vhost().deleteExclusiveQueues(a.owner)
    await cluster.settle()
    expect(b.vhost().queues.size).toBe(1)
    expect(b.describe()).toEqual(a.describe())
  })

  it('goes with the node, also when it is told of late', async () => {
    a.declareQueue('mine', { durable: false, exclusiveOwner: a.owner })
    a.declareQueue('durable')
    a.bind('amq.direct', 'mine')
    await cluster.settle()
    a.declareQueue('late', { durable: false })
    cluster.remove(a)
    b.definitions.nodeLeft(a.incarnation)
    await cluster.settle()
    expect([...b.vhost().queues.values()].map(({ name }) => name)).toEqual(['durable'])
    const stored = await storedIn(b.metadata)
    expect(stored.of('queue').map(({ name }) => name)).toEqual(['durable'])
    expect(stored.of('binding')).toEqual([])
    const restarted = await cluster.start('a', open())
    expect(restarted.describe()).toEqual(b.describe())
  })

  it('goes with the node, and so does another one that it has been faster than', async () => {
    a.declareQueue('q', { durable: false })
    await new Promise((resolve) => setImmediate(resolve))
    b.declareQueue('q', { durable: false })
    b.bind('amq.direct', 'q')
    cluster.remove(a)
    b.definitions.nodeLeft(a.incarnation)
    await cluster.settle()
    await expectNoQueues()
  })

  it('goes with the node, and so does another one that it has replaced', async () => {
    a.declareQueue('q')
    await cluster.settle()
    a.deleteQueue('q')
    a.declareQueue('q', { durable: false })
    cluster.remove(a)
    b.definitions.nodeLeft(a.incarnation)
    await cluster.settle()
    await expectNoQueues()
  })

  /** Not on the node that is left, and not in the store. */
  async function expectNoQueues(): Promise<void> {
    expect([...b.vhost().queues.values()]).toEqual([])
    const stored = await storedIn(b.metadata)
    expect(stored.of('queue')).toEqual([])
    expect(stored.of('binding')).toEqual([])
    const restarted = await cluster.start('a', open())
    expect(restarted.describe()).toEqual(b.describe())
  }

  it('is named where it may have been left by a node that is no more', async () => {
    a.declareQueue('mine', { durable: false })
    await cluster.settle()
    const other = await cluster.start('c', open())
    expect(other.definitions.loadedIncarnations).toEqual(new Set([a.incarnation]))
  })
})
