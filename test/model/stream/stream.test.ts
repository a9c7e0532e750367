// A stream against an array, whatever is published, read, settled, removed, refused by the disk, or ended.

import fc from 'fast-check'
import { describe, it } from 'vitest'
import { operations } from './stream-operations.ts'
import { StreamUnderTest } from './stream-under-test.ts'

describe('a stream', () => {
  it.each([
    ['in the message log', true],
    ['in memory', false],
  ])(
    '%s gives each consumer what it wants, in order, and keeps what it must',
    async (_, isLogged) => {
      await fc.assert(
        fc.asyncProperty(operations, async (history) => {
          const stream = new StreamUnderTest(isLogged)
          for (const operation of history) await stream.perform(operation)
          await stream.rest()
        }),
        { numRuns: 150 },
      )
    },
  )
})
