// Definitions of several nodes in a bucket of NATS.

import { expect, it, onTestFinished } from 'vitest'
import { systemClock } from '../../src/base/clock.ts'
import { silentLogger } from '../../src/base/logger.ts'
import { MirroredMetadata } from '../../src/store/jetstream/mirrored-metadata.ts'
import { DefinitionsCluster } from '../support/definitions-cluster.ts'
import type { DefinitionsNode } from '../support/definitions-node.ts'
import { natsTest } from './support/nats-test.ts'

const nats = natsTest()

async function clusterOf(
  ...names: string[]
): Promise<[DefinitionsCluster, () => Promise<MirroredMetadata>]> {
  const bucket = nats.uniqueName()
  let first: MirroredMetadata | undefined
  const open = async (): Promise<MirroredMetadata> => {
    const link = await nats.connect()
    const options = { link, bucket, replicas: 3, clock: systemClock, logger: silentLogger }
    const metadata = await MirroredMetadata.open(options)
    first ??= metadata
    const { scribe } = first
    if (metadata !== first) metadata.writeElsewhere((note) => scribe.write(note))
    return metadata
  }
  const cluster = new DefinitionsCluster()
  onTestFinished(async () => {
    await cluster.close()
    await nats.api.deleteStream(`KV_${bucket}`)
  })
  for (const name of names) await cluster.start(name, await open())
  return [cluster, open]
}

function expectAllEqual({ nodes }: DefinitionsCluster): void {
  for (const node of nodes) expect(node.describe()).toEqual(nodes[0]?.describe())
}

nats.describe('definitions of several nodes', () => {
  it('are everywhere when they are stored', async () => {
    const [cluster, open] = await clusterOf('a', 'b', 'c')
    for (let round = 0; round < 30; round++) {
      const node = cluster.nodes[round % 3] as DefinitionsNode
      node.declareQueue(`q ${round % 7}`)
      node.bind('amq.topic', `q ${round % 7}`)
      await node.vhost().queueStored(`q ${round % 7}`)
      expectAllEqual(cluster)
      if (round % 2 === 0) node.deleteQueue(`q ${(round + 3) % 7}`)
      await node.vhost().queueStored(`q ${(round + 3) % 7}`)
      expectAllEqual(cluster)
    }
    await cluster.start('d', await open())
    expectAllEqual(cluster)
  })

  it('are the same when all nodes declare the same at the same time', async () => {
    const [cluster] = await clusterOf('a', 'b', 'c')
    const names = Array.from({ length: 100 }, (_, n) => `q ${n}`)
    for (const node of cluster.nodes) {
      node.declareExchange('e')
      for (const name of names) node.declareQueue(name)
    }
    const stored = cluster.nodes.flatMap((node) =>
      names.map((name) => Promise.resolve(node.vhost().queueStored(name))),
    )
    await Promise.all(stored)
    expectAllEqual(cluster)
    const bound = cluster.nodes.map((node) => {
      for (const name of names) node.bind('e', name)
      const request = { source: 'e', kind: 'queue', destination: 'q 99', routingKey: 'k' } as const
      return Promise.resolve(node.vhost().bindingStored({ ...request, arguments: new Map() }))
    })
    await Promise.all(bound)
    expectAllEqual(cluster)
    expect([...(cluster.nodes[0]?.vhost().bindings ?? [])]).toHaveLength(100)
  })

  it('are the same in the end, whatever nodes do at the same time', async () => {
    const [cluster, open] = await clusterOf('a', 'b', 'c')
    for (let step = 0; step < 300; step++) {
      const node = cluster.nodes[(step * 7) % 3] as DefinitionsNode
      const name = `q ${(step * 5) % 4}`
      node.declareExchange('e', { autoDelete: true })
      if (step % 3 === 0) node.deleteQueue(name)
      else node.declareQueue(name, { durable: step % 2 === 0 })
      if (step % 3 !== 0) node.bind('e', name)
      if (step % 5 === 0) await node.vhost().queueStored(name)
    }
    await cluster.settle()
    expectAllEqual(cluster)
    const late = await cluster.start('late', await open())
    expectAllEqual(cluster)
    expect(late.logger.lines).toEqual([])
  })
})
