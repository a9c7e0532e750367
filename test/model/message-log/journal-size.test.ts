// However messages flow and stay, the journal holds no more than some times what is needed.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { silentLogger } from '../../../src/base/logger.ts'
import { Turn } from '../../../src/base/turn.ts'
import type { Message } from '../../../src/message/message.ts'
import { MessageLog } from '../../../src/message-log/message-log.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { sampleMessage } from '../../support/sample-message.ts'
import { ManualJournal } from '../../unit/message-log/manual-journal.ts'

const UNTIDY_BYTES = 20_000

interface Flow {
  /** Messages a batch, and how large they are. */
  readonly count: number
  readonly bodySize: number
  /** One in so many stays when the others go; 0 if none does. */
  readonly stays: number
  readonly batches: number
}

const flow: fc.Arbitrary<Flow> = fc.record({
  count: fc.integer({ min: 1, max: 30 }),
  bodySize: fc.integer({ min: 0, max: 400 }),
  stays: fc.constantFrom(0, 0, 7, 50, 400),
  batches: fc.integer({ min: 1, max: 150 }),
})

/** The most there was in the journal, and the most that it may have been. */
async function flowThrough(flows: readonly Flow[]): Promise<{ most: number; limit: number }> {
  const journal = new ManualJournal()
  const turn = new Turn()
  const log = new MessageLog({
    journal,
    turn,
    clock: new FakeClock(),
    logger: silentLogger,
    onFailing() {},
    onBehind() {},
    untidyBytes: UNTIDY_BYTES,
  })
  const queue = log.queueLog(1)
  let sequence = 0
  let mostLive = 0
  let largest = 0
  let most = 0
  queue.enqueue(sampleMessage('straggler'), sequence++)
  for (const { count, bodySize, stays, batches } of flows) {
    let held: [Message, number][] = []
    for (let batch = 0; batch < batches; batch++) {
      for (const [message, at] of held) if (at % stays !== 0) queue.settle(message, at)
      held = Array.from({ length: count }, () => [sampleMessage('x'.repeat(bodySize)), sequence++])
      for (const [message, at] of held) queue.enqueue(message, at)
      turn.run()
      await journal.settle('store')
      expect(log.bytes).toBe(journal.bytes)
      mostLive = Math.max(mostLive, log.liveBytes)
      largest = Math.max(largest, journal.records.at(-1)!.bytes.length)
      most = Math.max(most, journal.bytes)
    }
  }
  return { most, limit: Math.max(UNTIDY_BYTES, 4 * mostLive) + 2 * mostLive + 4 * largest }
}

describe('the size of the journal', () => {
  it('is bounded while messages flow past others that stay', async () => {
    const isBounded = async (flows: Flow[]) => {
      const { most, limit } = await flowThrough(flows)
      expect(most).toBeLessThan(limit)
    }
    const flows = fc.array(flow, { minLength: 1, maxLength: 6 })
    await fc.assert(fc.asyncProperty(flows, isBounded), { numRuns: 60 })
  })
})
