// The same histories on a vhost that is stored, through restarts, and on stores that fail.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { silentLogger } from '../../../src/base/logger.ts'
import { Definitions } from '../../../src/definitions/definitions.ts'
import {
  beginDefinitions,
  loadDefinitions,
  type StoredDefinitions,
} from '../../../src/definitions/stored-definitions.ts'
import { MemoryDisk } from '../../../src/store/memory/memory-disk.ts'
import { MemoryMetadata } from '../../../src/store/memory/memory-metadata.ts'
import { restoreVhosts } from '../../../src/vhost/restore-vhosts.ts'
import { Vhost } from '../../../src/vhost/vhost.ts'
import { FaultyMetadata, type MetadataFault } from '../../support/faulty-metadata.ts'
import { expectSame, snapshotOf } from './expect-same.ts'
import { TopologyModel } from './topology-model.ts'
import { type Operation, operations, perform } from './topology-operations.ts'
import { VhostUnderTest } from './vhost-under-test.ts'

/** A vhost over a disk, from which others can be made as well. */
class StoredVhost {
  readonly disk: MemoryDisk
  readonly definitions: Definitions
  readonly vhost: VhostUnderTest
  /** What befalls the changes from now on. */
  nextFault: () => MetadataFault | undefined = () => undefined

  static async open(disk: MemoryDisk): Promise<StoredVhost> {
    const metadata = new MemoryMetadata(disk)
    const stored =
      (await loadDefinitions(metadata)) ??
      (await beginDefinitions(metadata, [{ kind: 'vhost', name: '/', description: '', tags: [] }]))
    const ids = stored.of('queue').map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    return new StoredVhost(disk, metadata, stored)
  }

  private constructor(disk: MemoryDisk, metadata: MemoryMetadata, stored: StoredDefinitions) {
    this.disk = disk
    const faulty = new FaultyMetadata(metadata, () => this.nextFault())
    this.definitions = new Definitions(faulty, silentLogger, stored.lastQueueId)
    const { definitions } = this
    const vhosts = restoreVhosts(stored, {
      createVhost: (name) => new Vhost(name, { definitions }),
      definitions,
      logger: silentLogger,
    })
    this.vhost = new VhostUnderTest(vhosts.get('/'))
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** What happens after an operation: the next one, with or without a turn before it, or an end. */
const pauses = fc.infiniteStream(
  fc.oneof(
    { weight: 6, arbitrary: fc.constant('none' as const) },
    { weight: 3, arbitrary: fc.constant('turn' as const) },
    { weight: 1, arbitrary: fc.constantFrom('closed' as const, 'killed' as const) },
  ),
)

it('has after a restart what is durable, and routes by it', async () => {
  await fc.assert(
    fc.asyncProperty(operations, pauses, async (performed, pausesBetween) => {
      let stored = await StoredVhost.open(new MemoryDisk())
      let model = new TopologyModel()
      for (const [step, operation] of performed.entries()) {
        const outcome = perform(stored.vhost, operation)
        expect({ operation, outcome }).toEqual({ operation, outcome: perform(model, operation) })
        const pause = pausesBetween.next().value
        if (pause === 'turn') await turn()
        if (pause === 'closed' || pause === 'killed') {
          await (pause === 'closed' ? stored.definitions.close() : stored.definitions.pending())
          stored = await StoredVhost.open(stored.disk.afterPowerLoss())
          model = model.restarted()
        }
        expectSame(stored.vhost, model, step)
      }
    }),
    { numRuns: 200 },
  )
})

it('has, when power is lost meanwhile, what it had after some operation', async () => {
  await fc.assert(
    fc.asyncProperty(
      operations,
      fc.infiniteStream(fc.nat({ max: 3 })),
      async (performed, turns) => {
        const stored = await StoredVhost.open(new MemoryDisk())
        const model = new TopologyModel()
        // What may be found, from the last operation on after which all was stored.
        let possible = [snapshotOf(model)]
        for (const operation of performed) {
          perform(stored.vhost, operation)
          perform(model, operation)
          possible.push(snapshotOf(model.restarted()))
          for (let left = turns.next().value as number; left > 0; left--) await turn()
          if (stored.definitions.pending() === undefined) possible = possible.slice(-1)
          const { vhost } = await StoredVhost.open(stored.disk.afterPowerLoss())
          expect(possible).toContain(snapshotOf(vhost))
        }
      },
    ),
    { numRuns: 60 },
  )
})

/** The same on things that are all durable. */
function madeDurable(operation: Operation): Operation {
  switch (operation.do) {
    case 'declareExchange':
      return { ...operation, exchange: { ...operation.exchange, durable: true } }
    case 'declareQueue':
      return { ...operation, queue: { ...operation.queue, durable: true, owner: undefined } }
    default:
      return operation
  }
}

const faults = fc.infiniteStream(
  fc.oneof(
    { weight: 2, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constantFrom('refuse' as const, 'doubt' as const) },
  ),
)

it('agrees with its store in the end, whatever could not be stored', async () => {
  await fc.assert(
    fc.asyncProperty(operations, faults, pauses, async (performed, faultsToCome, pausesBetween) => {
      const stored = await StoredVhost.open(new MemoryDisk())
      stored.nextFault = () => faultsToCome.next().value as MetadataFault | undefined
      for (const operation of performed) {
        perform(stored.vhost, madeDurable(operation))
        if (pausesBetween.next().value !== 'none') await turn()
      }
      await stored.definitions.close()
      stored.nextFault = () => undefined
      await stored.definitions.close()
      const { vhost } = await StoredVhost.open(stored.disk.afterPowerLoss())
      expect(snapshotOf(vhost)).toBe(snapshotOf(stored.vhost))
    }),
    { numRuns: 300 },
  )
})
