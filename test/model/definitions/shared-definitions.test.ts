// What several nodes define that share a store: one after the other, against one node that does all of it
// alone; and all at the same time, after which they must agree.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { MemoryDisk } from '../../../src/store/memory/memory-disk.ts'
import { MemoryMetadata } from '../../../src/store/memory/memory-metadata.ts'
import { DefinitionsCluster, storedIn } from '../../support/definitions-cluster.ts'
import type { DefinitionsNode } from '../../support/definitions-node.ts'
import { FaultyMetadata, type MetadataFault } from '../../support/faulty-metadata.ts'
import { LateMetadata } from '../../support/late-metadata.ts'
import { operation, perform } from './node-operations.ts'

const NODES = ['a', 'b', 'c']
const node = fc.nat(NODES.length - 1)
const turns = fc.array(fc.nat(4), { minLength: 1, maxLength: 50 })

/** Gives these numbers again and again. */
function around(numbers: readonly number[]): () => number {
  let at = 0
  return () => numbers[at++ % numbers.length] as number
}

/** Without what differs from one cluster to another. */
const withoutIds = (lines: readonly string[]): string[] =>
  lines.map((line) => line.replace(/ \d+ \{.*\}/, '').replace(/"passwordHash":".*?"/, ''))

it('is the same everywhere when it is stored, and what a node alone would have', async () => {
  const histories = fc.array(fc.record({ node, operation }), { minLength: 1, maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(histories, turns, turns, async (history, takes, tells) => {
      const disk = new MemoryDisk()
      const cluster = new DefinitionsCluster()
      for (const name of NODES) {
        await cluster.start(
          name,
          new LateMetadata(new MemoryMetadata(disk), around(takes), around(tells)),
        )
      }
      const alone = await new DefinitionsCluster().start('a', new MemoryMetadata(new MemoryDisk()))
      for (const step of history) {
        const here = cluster.nodes[step.node] as DefinitionsNode
        // Exclusive queues are those of one connection; there is one on each node.
        const isOthers = [...here.vhost().queues.values()].some(
          ({ exclusiveOwner }) => exclusiveOwner !== null && exclusiveOwner !== here.owner,
        )
        if (isOthers) continue
        const outcome = await perform(here, step.operation)
        expect({ ...step, outcome }).toEqual({
          ...step,
          outcome: await perform(alone, step.operation),
        })
        for (const each of cluster.nodes) {
          expect(withoutIds(each.describe())).toEqual(withoutIds(alone.describe()))
        }
      }
      await cluster.close()
      await alone.definitions.close()
    }),
    { numRuns: 150 },
  )
})

const event = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({ what: fc.constant('operation' as const), node, operation }),
  },
  { weight: 4, arbitrary: fc.record({ what: fc.constant('wait' as const), turns: fc.nat(12) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant('fault' as const),
      fault: fc.constantFrom<MetadataFault | undefined>('refuse', 'doubt', undefined),
    }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('restart' as const), node }) },
)

it('is the same everywhere in the end, and what is stored', async () => {
  const histories = fc.array(event, { minLength: 1, maxLength: 80 })
  await fc.assert(
    fc.asyncProperty(histories, turns, turns, async (history, takes, tells) => {
      const disk = new MemoryDisk()
      const cluster = new DefinitionsCluster()
      let fault: MetadataFault | undefined
      const open = () => {
        const late = new LateMetadata(new MemoryMetadata(disk), around(takes), around(tells))
        return new FaultyMetadata(late, (key) => (key === 'queue-ids' ? undefined : fault))
      }
      for (const name of NODES) await cluster.start(name, open())
      const performed: Promise<string>[] = []
      for (const step of history) {
        if (step.what === 'operation') {
          const here = cluster.nodes[step.node] as DefinitionsNode
          performed.push(perform(here, step.operation))
        } else if (step.what === 'wait') {
          await pass(step.turns)
        } else if (step.what === 'fault') {
          fault = step.fault
        } else {
          fault = undefined
          const before = cluster.nodes[step.node] as DefinitionsNode
          await before.definitions.close()
          await before.metadata.close()
          cluster.remove(before)
          for (const { definitions } of cluster.nodes) definitions.nodeLeft(before.incarnation)
          const restarted = await cluster.start(before.name, open())
          restarted.definitions.nodeLeft(before.incarnation)
        }
      }
      fault = undefined
      await cluster.settle()
      const [first] = cluster.nodes as [DefinitionsNode]
      for (const each of cluster.nodes) expect(each.describe()).toEqual(first.describe())
      const late = await cluster.start('late', open())
      expect(late.describe()).toEqual(first.describe())
      // Nothing was stored of what had lost what it belonged to.
      expect(late.logger.lines).toEqual([])
      expect((await storedIn(late.metadata)).of('queue')).toHaveLength(countOfQueues(late))
      await Promise.all(performed)
      await cluster.close()
    }),
    { numRuns: 300 },
  )
})

const countOfQueues = (of: DefinitionsNode): number =>
  of.administration.vhosts.list().reduce((sum, { name }) => sum + of.vhost(name).queues.size, 0)

async function pass(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}
