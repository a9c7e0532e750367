// The message log against a list of what it was told: whenever the process ends, what is found again
// is what the stored batches said, and what is read is what is there.

import fc from 'fast-check'
import { describe, it } from 'vitest'
import { type History, histories } from './log-operations.ts'
import { LogUnderTest } from './log-under-test.ts'
import { ManualTestJournal } from './test-journal.ts'

async function run({ operations, ...history }: History): Promise<LogUnderTest> {
  const log = new LogUnderTest(new ManualTestJournal(), history)
  for (const operation of operations) await log.perform(operation)
  return log
}

describe('the message log', () => {
  it('finds again what was stored, whatever happened and whenever it ends', async () => {
    const findsAgain = async (history: History, isThere: boolean) => {
      const log = await run(history)
      await log.reopen(isThere)
    }
    const property = fc.asyncProperty(histories(150), fc.boolean(), findsAgain)
    await fc.assert(property, { numRuns: 500 })
  })

  it('comes to rest with what is in the queues, and then leaves nothing in the journal', async () => {
    const comesToRest = async (history: History) => (await run(history)).drain()
    await fc.assert(fc.asyncProperty(histories(150), comesToRest), { numRuns: 300 })
  })
})
