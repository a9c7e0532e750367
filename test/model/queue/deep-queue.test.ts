// A durable queue that has little memory, with a log and a store for pages that take their time, fail
// and end: it may be late with what must be read back first, and in nothing else.

import { join } from 'node:path'
import fc from 'fast-check'
import { describe, it } from 'vitest'
import { SpillFile } from '../../../src/store/spill/spill-file.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { type DeepOperation, deepOperations, deepQueueSketch } from './deep-queue-operations.ts'
import { DeepQueueUnderTest } from './deep-queue-under-test.ts'
import type { QueueSketch } from './queue-system.ts'

async function perform(queue: DeepQueueUnderTest, history: readonly DeepOperation[]) {
  for (const operation of history) await queue.perform(operation)
}

describe('a deep queue', () => {
  it('hands out what it was given, once and in order, however its stores behave', async () => {
    const handsOutAll = async (history: DeepOperation[]) => {
      const queue = await DeepQueueUnderTest.open()
      await perform(queue, history)
      await queue.drain()
    }
    await fc.assert(fc.asyncProperty(deepOperations, handsOutAll), { numRuns: 250 })
  })

  it('lets go of messages when it is time, and gives them in their order', async () => {
    const letsGo = async (history: DeepOperation[], sketch: QueueSketch) => {
      const queue = await DeepQueueUnderTest.open(sketch)
      await perform(queue, history)
      await queue.drain()
    }
    await fc.assert(fc.asyncProperty(deepOperations, deepQueueSketch, letsGo), { numRuns: 200 })
  })

  it('does so from a file', async () => {
    const directory = temporaryDirectory()
    let fileCount = 0
    const handsOutAll = async (history: DeepOperation[]) => {
      const files: SpillFile[] = []
      const queue = await DeepQueueUnderTest.open({}, async () => {
        const file = await SpillFile.open(join(directory, `${++fileCount}`))
        files.push(file)
        return file
      })
      await perform(queue, history)
      await queue.drain()
      for (const file of files) await file.close()
    }
    await fc.assert(fc.asyncProperty(deepOperations, handsOutAll), { numRuns: 60 })
  })

  it('leaves nothing when it is deleted, at whatever moment', async () => {
    const leavesNothing = async (
      before: DeepOperation[],
      after: DeepOperation[],
      sketch: QueueSketch,
    ) => {
      const queue = await DeepQueueUnderTest.open(sketch)
      await perform(queue, before)
      const harmless = after.filter(
        (operation) => !['consume', 'reopen', 'failover'].includes(operation.do),
      )
      await perform(queue, [{ do: 'delete' }, ...harmless])
      await queue.expectNothing()
    }
    await fc.assert(
      fc.asyncProperty(deepOperations, deepOperations, deepQueueSketch, leavesNothing),
      {
        numRuns: 150,
      },
    )
  })

  it('is the same again in the next process, but for what was not stored', async () => {
    const comesBack = async (history: DeepOperation[], isAtRest: boolean, sketch: QueueSketch) => {
      const queue = await DeepQueueUnderTest.open(sketch)
      await perform(queue, history)
      if (isAtRest) await queue.rest()
      await queue.perform({ do: 'reopen' })
      await queue.drain()
    }
    await fc.assert(fc.asyncProperty(deepOperations, fc.boolean(), deepQueueSketch, comesBack), {
      numRuns: 150,
    })
  })
})
