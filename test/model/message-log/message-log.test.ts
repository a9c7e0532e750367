// The message log against a list of what it was told: whenever the process ends, what is found again
// is what the stored batches said, no more and no less.

import fc from 'fast-check'
import { describe, it } from 'vitest'
import { type Operation, operations } from './log-operations.ts'
import { LogUnderTest } from './log-under-test.ts'

async function run(history: readonly Operation[]): Promise<LogUnderTest> {
  const log = new LogUnderTest()
  for (const operation of history) await log.perform(operation)
  return log
}

describe('the message log', () => {
  it('finds again what was stored, whatever happened and whenever it ends', async () => {
    const findsAgain = async (history: Operation[], isThere: boolean) => {
      const log = await run(history)
      await log.perform({ do: 'reopen', isThere })
    }
    await fc.assert(fc.asyncProperty(operations, fc.boolean(), findsAgain), { numRuns: 600 })
  })

  it('leaves nothing in the journal once everything is settled', async () => {
    const leavesNothing = async (history: Operation[]) => (await run(history)).drain()
    await fc.assert(fc.asyncProperty(operations, leavesNothing), { numRuns: 300 })
  })
})
