// How a log ends whose journal is another's.

import { describe, expect, it } from 'vitest'
import { sampleMessage } from '../../support/sample-message.ts'
import { LogFixture } from './log-fixture.ts'
import { ManualJournal, microtasks } from './manual-journal.ts'

const RETRY_MS = 500

describe('a log that loses its journal', () => {
  it('says so once, tries nothing again and confirms nothing any more', async () => {
    const lost: string[] = []
    const it = new LogFixture(new ManualJournal(), { onLost: ({ message }) => lost.push(message) })
    it.queue.enqueue(sampleMessage('a'), 0)
    it.listen()
    it.turn.run()
    await it.journal.settle('lose')
    it.queue.enqueue(sampleMessage('b'), 1)
    it.listen()
    it.turn.run()
    it.clock.advance(RETRY_MS)
    await microtasks()
    expect(lost).toEqual(['another has the journal'])
    expect([it.stored, it.failing, it.logged]).toEqual([[], [], []])
    expect(it.journal.asked).toHaveLength(1)
  })

  it('is not failing any more, though it was', async () => {
    const lost: string[] = []
    const it = new LogFixture(new ManualJournal(), { onLost: ({ message }) => lost.push(message) })
    it.queue.enqueue(sampleMessage('a'), 0)
    it.turn.run()
    await it.journal.settle('refuse')
    it.clock.advance(RETRY_MS)
    await microtasks()
    await it.journal.settle('lose')
    expect([it.failing, lost]).toEqual([[true, false], ['another has the journal']])
  })
})

describe('a log that is abandoned', () => {
  it('stores nothing of what was noted', async () => {
    const it = new LogFixture()
    it.queue.enqueue(sampleMessage('a'), 0)
    it.listen()
    it.log.abandon()
    it.turn.run()
    await it.log.close()
    expect([it.journal.asked, it.stored]).toEqual([[], []])
  })

  it.each(['store', 'refuse', 'lose'] as const)(
    'tells nobody what becomes of its last record: %s',
    async (outcome) => {
      const lost: unknown[] = []
      const it = new LogFixture(new ManualJournal(), { onLost: (reason) => lost.push(reason) })
      it.queue.enqueue(sampleMessage('a'), 0)
      it.listen()
      it.turn.run()
      it.log.abandon()
      await it.journal.settle(outcome)
      it.clock.advance(RETRY_MS)
      await microtasks()
      expect([it.stored, it.failing, it.logged, lost]).toEqual([[], [], [], []])
      expect([it.journal.asked.length, it.log.storedTicket]).toEqual([1, 0])
    },
  )

  it('does not try again what was refused', async () => {
    const it = new LogFixture()
    it.queue.enqueue(sampleMessage('a'), 0)
    it.turn.run()
    await it.journal.settle('refuse')
    it.log.abandon()
    it.clock.advance(RETRY_MS)
    await microtasks()
    expect([it.journal.asked.length, it.failing]).toEqual([1, [true, false]])
  })

  it('holds nobody up', async () => {
    const it = new LogFixture()
    it.queue.enqueue(sampleMessage('m'.repeat(9 * 1024 * 1024)), 0)
    expect(it.behind).toEqual([true])
    const read = it.queue.read(0, 0)
    it.log.abandon()
    expect((await read).messages).toHaveLength(1)
    it.queue.enqueue(sampleMessage('m'), 1)
    expect((await it.queue.read(1, 1)).messages).toHaveLength(1)
    it.queue.drop()
    await it.log.close()
    expect(it.behind).toEqual([true, false])
  })
})
