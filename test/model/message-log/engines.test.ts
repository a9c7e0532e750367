// The same with engines for a journal, at their own pace, on disks that refuse, tear and delay.

import fc from 'fast-check'
import { describe, it } from 'vitest'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { type History, histories } from './log-operations.ts'
import { LogUnderTest } from './log-under-test.ts'
import { memoryTestJournal, segmentTestJournal, type TestJournal } from './test-journal.ts'

interface Engine {
  readonly name: string
  readonly open: () => Promise<TestJournal>
  readonly runs: number
}

const engines: readonly Engine[] = [
  {
    name: 'memory that loses what was not flushed',
    open: async () => memoryTestJournal(),
    runs: 200,
  },
  { name: 'segments', open: () => segmentTestJournal(temporaryDirectory()), runs: 60 },
]

describe.each(engines)('a message log in $name', ({ open, runs }) => {
  it('finds again what was stored, comes to rest, and leaves nothing', async () => {
    const findsAgain = async ({ operations, ...history }: History) => {
      const log = new LogUnderTest(await open(), history)
      try {
        for (const operation of operations) await log.perform(operation)
        await log.reopen(false)
        await log.drain()
      } finally {
        await log.close()
      }
    }
    await fc.assert(fc.asyncProperty(histories(80), findsAgain), { numRuns: runs })
  })
})
