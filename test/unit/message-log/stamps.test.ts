// What the owner of a log has stored with the messages.

import { describe, expect, it } from 'vitest'
import { sampleMessage } from '../../support/sample-message.ts'
import { type FixtureOptions, LogFixture, recover } from './log-fixture.ts'
import { ManualJournal, microtasks } from './manual-journal.ts'

/** A log whose stamps say how many messages have come, unless there is nothing new. */
class Stamped {
  readonly fixture: LogFixture
  askedCount = 0
  #sequence = 0
  #told = 0

  constructor(options: FixtureOptions = {}) {
    const stamp = (): Buffer | undefined => {
      this.askedCount++
      if (this.#told === this.#sequence) return undefined
      this.#told = this.#sequence
      return Buffer.from(`${this.#sequence}`)
    }
    this.fixture = new LogFixture(new ManualJournal(), { ...options, stamp })
  }

  enqueue(bytes = 1): () => void {
    const message = sampleMessage('m'.repeat(bytes))
    const sequence = this.#sequence++
    this.fixture.queue.enqueue(message, sequence)
    return () => this.fixture.queue.settle(message, sequence)
  }

  /** What the next process finds. */
  async found(): Promise<string | undefined> {
    const { log } = await recover(this.fixture.journal)
    return log.stamp?.toString()
  }
}

describe('a stamp', () => {
  it('is asked for once a batch, and found again with what it speaks of', async () => {
    const log = new Stamped()
    log.enqueue()
    log.enqueue()
    await log.fixture.storeTurn()
    expect([log.askedCount, await log.found()]).toEqual([1, '2'])
    log.enqueue()
    log.fixture.turn.run()
    expect([log.askedCount, await log.found()]).toEqual([2, '2'])
    await log.fixture.storeAll()
    expect([await log.found(), log.fixture.log.stamp?.toString()]).toEqual(['3', '3'])
  })

  it('is not there before anything was stored with one', async () => {
    const fixture = new LogFixture()
    fixture.queue.enqueue(sampleMessage('m'), 0)
    await fixture.storeAll()
    expect((await recover(fixture.journal)).log.stamp).toBeUndefined()
  })

  it('is not stored for itself', async () => {
    const log = new Stamped()
    log.enqueue()()
    await log.fixture.storeAll()
    expect([log.askedCount, log.fixture.journal.asked]).toEqual([0, []])
  })

  it('waits for the other records of its batch, however often they are refused', async () => {
    const log = new Stamped()
    const { journal, turn, clock } = log.fixture
    log.enqueue(300_000)
    log.enqueue(300_000)
    turn.run()
    expect(journal.pendingCount).toBe(1)
    await journal.settle('refuse')
    expect(journal.pendingCount).toBe(0)
    clock.advance(500)
    await microtasks()
    await journal.settle('refuse')
    clock.advance(500)
    await microtasks()
    await journal.settle('store')
    expect([journal.pendingCount, await log.found()]).toEqual([1, undefined])
    await journal.settle('store')
    expect(await log.found()).toBe('2')
  })

  it('stays when everything else goes', async () => {
    const log = new Stamped()
    const settle = log.enqueue()
    await log.fixture.storeAll()
    settle()
    await log.fixture.storeAll()
    expect(log.fixture.log.count).toBe(0)
    expect([await log.found(), await log.fixture.recovered()]).toEqual(['1', []])
  })

  it('is stored again when it holds up the removal of old records', async () => {
    const log = new Stamped({ untidyBytes: 2000 })
    const { journal, queue } = log.fixture
    const settle = log.enqueue()
    await log.fixture.storeAll()
    settle()
    await log.fixture.storeAll()
    const first = journal.records[0]!.position
    // From now on others come and go, of which there is nothing to say.
    for (let sequence = 100; sequence < 200; sequence++) {
      const message = sampleMessage('other'.repeat(20))
      queue.enqueue(message, sequence)
      await log.fixture.storeAll()
      queue.settle(message, sequence)
      await log.fixture.storeAll()
    }
    expect(journal.records[0]!.position).toBeGreaterThan(first)
    expect(journal.bytes).toBeLessThan(3000)
    expect(await log.found()).toBe('1')
  })

  it('is kept by a process that has none to give', async () => {
    const log = new Stamped()
    log.enqueue()
    await log.fixture.storeAll()
    const next = await recover(log.fixture.journal, { untidyBytes: 500 })
    next.queue.settleRange(0, 0)
    for (let sequence = 1; sequence < 50; sequence++) {
      next.queue.enqueue(sampleMessage('m'.repeat(50)), sequence)
      await next.storeAll()
      next.queue.settleRange(sequence, sequence)
      await next.storeAll()
    }
    expect(next.journal.bytes).toBeLessThan(1000)
    expect((await recover(next.journal)).log.stamp?.toString()).toBe('1')
  })
})
