// A stream stays while busy queues pass through the same journal: what that costs.

import { describe, expect, it } from 'vitest'
import { sampleMessage } from '../../support/sample-message.ts'
import { StreamFixture } from './stream-fixture.ts'

const BODY = 'x'.repeat(1000)

function writtenBytes(fixture: StreamFixture): number {
  return fixture.journal.asked.reduce((sum, { length }) => sum + length, 0)
}

/** So many messages pass through the other queue, hundred by hundred. */
async function passThrough(fixture: StreamFixture, count: number, from = 0): Promise<void> {
  for (let sequence = from; sequence < from + count; sequence += 100) {
    for (let index = 0; index < 100; index++) {
      fixture.other.enqueue(sampleMessage(BODY), sequence + index)
    }
    await fixture.store()
    fixture.other.settleRange(sequence, sequence + 99)
    await fixture.store()
  }
}

describe('a stream that stays in a journal of busy queues', () => {
  it('is stored again once in a while, at a third of what passes at the most', async () => {
    const fixture = await StreamFixture.open({ untidyBytes: 64 * 1024 })
    for (let round = 0; round < 5; round++) {
      fixture.publish(...Array.from({ length: 40 }, () => BODY))
      await passThrough(fixture, 100, round * 100)
    }
    const before = writtenBytes(fixture)
    await passThrough(fixture, 5000, 500)
    const passedBytes = 5000 * 1100
    expect(writtenBytes(fixture) - before).toBeLessThan(passedBytes * 1.45)
    // It has not kept the journal from being cleaned, either.
    expect(fixture.journal.bytes).toBeLessThan(fixture.log.liveBytes * 6)
    const consumer = fixture.consume({ 'x-stream-offset': 'first' })
    await fixture.read()
    expect(consumer.offsets).toEqual(Array.from({ length: 200 }, (_, offset) => offset))
  })

  it('is never stored again when nothing else passes', async () => {
    const fixture = await StreamFixture.open({
      untidyBytes: 64 * 1024,
      arguments: { 'x-max-length-bytes': 200_000, 'x-stream-max-segment-size-bytes': 1 },
    })
    for (let round = 0; round < 50; round++) {
      fixture.publish(...Array.from({ length: 40 }, () => BODY))
      await fixture.store()
    }
    expect(writtenBytes(fixture)).toBeLessThan(50 * 40 * 1100)
    expect(fixture.journal.bytes).toBeLessThan(400_000)
  })
})
