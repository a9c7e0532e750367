import { describe, expect, it } from 'vitest'
import type { Message } from '../../../src/message/message.ts'
import { readPage } from '../../../src/queue/page.ts'
import { type LogFixture, recover } from '../message-log/log-fixture.ts'
import { microtasks } from '../message-log/manual-journal.ts'
import { BacklogFixture } from './backlog-fixture.ts'

const ROOMY = 10_000_000

/** Enough for some pages. */
const MANY = 500

const UNREADABLE = 'Messages of a queue could not be read back'
const MISSING = 'Messages of a queue are missing from the store'
const RETRY_MS = 1000

/** A backlog of one full page, which is being written, and an open one. */
function withPageUnderWay(): [BacklogFixture, string[]] {
  const fixture = new BacklogFixture()
  const expected = fixture.push(5, 'transient')
  expect(fixture.store.writeCount).toBe(1)
  return [fixture, expected]
}

describe('what is in a backlog', () => {
  it.each([
    ['stored', 0],
    ['in memory', ROOMY],
  ])('comes back in its order, logged or in pages that are %s', async (_, budgetBytes) => {
    const fixture = new BacklogFixture(budgetBytes)
    const expected = [
      ...fixture.push(MANY, 'logged'),
      ...fixture.push(1, 'transient'),
      ...fixture.push(MANY, 'logged'),
      ...fixture.push(MANY, 'transient'),
      ...fixture.push(MANY, 'logged'),
    ]
    expect(fixture.backlog.length).toBe(expected.length)
    await fixture.settle()
    expect(fixture.store.pages.size > 0).toBe(budgetBytes === 0)
    expect(await fixture.takeAll()).toEqual(expected)
    expect([fixture.backlog.bytes, fixture.budget.usedBytes, fixture.store.bytes]).toEqual([
      0, 0, 0,
    ])
  })

  it('comes back in its order when logged and others alternate', async () => {
    const fixture = new BacklogFixture()
    const expected: string[] = []
    for (let n = 0; n < MANY; n++) {
      expected.push(...fixture.push(1, 'transient'), ...fixture.push(1, 'logged'))
    }
    expect(await fixture.takeAll()).toEqual(expected)
  })

  it('is read from pages alone, when logged and others alternate', async () => {
    const fixture = new BacklogFixture()
    for (let n = 0; n < MANY; n++) {
      fixture.push(1, 'transient')
      fixture.push(1, 'logged')
    }
    await fixture.settle()
    await fixture.takeAll()
    expect(fixture.log.journal.reads).toEqual([])
    expect(fixture.store.freedCount).toBeLessThan(10)
  })

  it('is read mostly from the log, when others are rare', async () => {
    const fixture = new BacklogFixture()
    const expected: string[] = []
    for (let n = 0; n < 5; n++) {
      expected.push(...fixture.push(1, 'transient'), ...fixture.push(MANY, 'logged'))
    }
    await fixture.settle()
    expect(fixture.store.bytes).toBeLessThan(5 * 2 * 1024)
    expect(await fixture.takeAll()).toEqual(expected)
  })

  it('comes back in its order while more is added', async () => {
    const fixture = new BacklogFixture()
    const expected: string[] = []
    for (let n = 0; n < MANY; n++) {
      expected.push(...fixture.push(1 + (n % 7), n % 3 === 0 ? 'logged' : 'transient'))
      if (n % 2 === 0) fixture.takeFromMemory()
      fixture.load()
      if (n % 5 === 0) await fixture.settle()
    }
    expect(await fixture.takeAll()).toEqual(expected)
    expect([fixture.backlog.bytes, fixture.budget.usedBytes, fixture.store.bytes]).toEqual([
      0, 0, 0,
    ])
  })

  it('begins with the sequence of the first', async () => {
    const fixture = new BacklogFixture()
    expect(fixture.backlog.firstSequence).toBeUndefined()
    fixture.push(2, 'transient')
    expect(fixture.backlog.firstSequence).toBe(0)
    fixture.takeFromMemory()
    expect(fixture.backlog.firstSequence).toBeUndefined()
    fixture.push(2, 'logged')
    expect(fixture.backlog.firstSequence).toBe(2)
  })

  it('costs memory while it is in pages, and only there', async () => {
    const [fixture] = withPageUnderWay()
    const { backlog, budget } = fixture
    const all = backlog.bytes
    expect(budget.usedBytes).toBe(all)
    await fixture.settle()
    const open = backlog.bytes
    expect(open).toBeLessThan(all)
    fixture.backlog.clear()
    fixture.push(MANY, 'logged')
    expect([backlog.bytes, budget.usedBytes]).toEqual([0, 0])
  })
})

describe('a page in memory', () => {
  it('is taken back at once, before it is full', () => {
    const fixture = new BacklogFixture()
    const expected = fixture.push(2, 'transient')
    fixture.takeFromMemory()
    expect(fixture.taken).toEqual(expected)
    expect([fixture.backlog.length, fixture.budget.usedBytes]).toEqual([0, 0])
    fixture.takeFromMemory()
    expect(fixture.taken).toEqual(expected)
  })

  it('is taken back at once, when it is full, and one at a time', () => {
    const fixture = new BacklogFixture(ROOMY)
    const expected = fixture.push(5, 'transient')
    expect(fixture.store.writeCount).toBe(0)
    fixture.load()
    expect([fixture.taken, fixture.loadedCount]).toEqual([[], 0])
    fixture.takeFromMemory()
    expect(fixture.taken).toEqual(expected.slice(0, 3))
    fixture.takeFromMemory()
    expect(fixture.taken).toEqual(expected)
  })

  it('is not taken back while it is being written, but read when it is', async () => {
    const [fixture, expected] = withPageUnderWay()
    fixture.takeFromMemory()
    fixture.load()
    fixture.takeFromMemory()
    expect([fixture.taken, fixture.store.readCount]).toEqual([[], 0])
    await fixture.store.endWrite()
    expect([fixture.taken, fixture.store.readCount]).toEqual([[], 1])
    await fixture.store.endRead()
    expect([fixture.taken, fixture.loadedCount]).toEqual([expected.slice(0, 3), 1])
    expect([fixture.store.bytes, fixture.store.freedCount]).toEqual([0, 1])
  })

  it('is not taken back while the log waits to store some of it, which it would then keep', async () => {
    const fixture = new BacklogFixture()
    const expected = [...fixture.push(1, 'transient'), ...fixture.push(1, 'logged')]
    fixture.takeFromMemory()
    fixture.load()
    expected.push(...fixture.push(1, 'transient'))
    expect(fixture.taken).toEqual([])
    await fixture.settle()
    expect(fixture.loadedCount).toBe(1)
    expect(fixture.taken).toEqual(expected.slice(0, 2))
    fixture.log.queue.settle(fixture.messages[1] as Message, 1)
    await fixture.settle()
    expect([fixture.log.queue.count, await fixture.log.recovered()]).toEqual([0, []])
    expect(await fixture.takeAll()).toEqual(expected)
  })

  it('stays there when it cannot be written', async () => {
    const [fixture, expected] = withPageUnderWay()
    const { usedBytes } = fixture.budget
    await fixture.store.endWrite('refuse')
    expect(fixture.logger.take().map(([level, line]) => [level, line])).toEqual([
      ['error', 'Messages that are too many for memory cannot be stored, and stay there'],
    ])
    expect(fixture.budget.usedBytes).toBe(usedBytes)
    fixture.takeFromMemory()
    expect(fixture.taken).toEqual(expected.slice(0, 3))
    expect(await fixture.takeAll()).toEqual(expected)
    expect(fixture.budget.usedBytes).toBe(0)
  })

  it('is taken back, if it is waited for, when it turns out that it cannot be written', async () => {
    const [fixture, expected] = withPageUnderWay()
    fixture.load()
    await fixture.store.endWrite('refuse')
    expect(fixture.loadedCount).toBe(1)
    expect(fixture.taken).toEqual(expected.slice(0, 3))
  })
})

describe('what is read back', () => {
  it('is read once at a time', async () => {
    const fixture = new BacklogFixture()
    fixture.push(5, 'transient')
    await fixture.settle()
    fixture.load()
    fixture.load()
    await fixture.settle()
    fixture.load()
    await fixture.settle()
    expect([fixture.loadedCount, fixture.taken.length]).toEqual([1, 3])
  })

  it('waits for its record, if that is still to be stored', async () => {
    const fixture = new BacklogFixture()
    const expected = fixture.push(3, 'logged')
    fixture.load()
    expect(fixture.taken).toEqual([])
    await fixture.settle()
    expect(fixture.taken).toEqual(expected)
  })

  it('grows at its end while it is read', async () => {
    const fixture = new BacklogFixture()
    const expected = fixture.push(3, 'logged')
    await fixture.log.storeAll()
    const release = fixture.log.journal.holdReads()
    fixture.load()
    expected.push(...fixture.push(3, 'logged'))
    await fixture.log.storeAll()
    await release()
    expect(fixture.taken).toEqual(expected.slice(0, 3))
    expect(fixture.backlog.length).toBe(3)
    expect(await fixture.takeAll()).toEqual(expected)
  })

  it.each(['logged', 'transient'] as const)('is tried again if it fails: %s', async (kind) => {
    const fixture = new BacklogFixture()
    const expected = fixture.push(5, kind)
    await fixture.settle()
    const fail = async () => {
      fixture.log.journal.isReadable = false
      fixture.load()
      await microtasks()
      if (kind === 'transient') await fixture.store.endRead('refuse')
      fixture.log.journal.isReadable = true
    }
    for (let times = 1; times < 3; times++) {
      await fail()
      expect(fixture.logger.take().map(([, message]) => message)).toEqual([UNREADABLE])
      // Not before its time.
      fixture.load()
      await fixture.settle()
      expect([fixture.taken, fixture.loadedCount]).toEqual([[], times - 1])
      fixture.clock.advance(RETRY_MS)
      expect([fixture.loadedCount, fixture.clock.pendingCount]).toEqual([times, 0])
    }
    expect(await fixture.takeAll()).toEqual(expected)
    expect(fixture.store.bytes).toBe(0)
  })

  it('of a page that is damaged gives what comes behind it', async () => {
    const fixture = new BacklogFixture()
    const expected = fixture.push(9, 'transient')
    await fixture.settle()
    fixture.load()
    await microtasks()
    await fixture.store.endRead('spoil')
    expect(fixture.logger.take().map(([, message]) => message)).toEqual([MISSING])
    const left = await fixture.takeAll()
    expect(left).toEqual(expected.slice(-left.length))
    expect([left.length > 0, left.length < 9, fixture.store.bytes]).toEqual([true, true, 0])
  })
})

describe('a backlog that is cleared', () => {
  const nothing = [0, undefined, 0, 0]
  const whatIsLeft = ({ backlog, budget }: BacklogFixture) => [
    backlog.length,
    backlog.firstSequence,
    backlog.bytes,
    budget.usedBytes,
  ]

  it('while a page is written gives it up once that is done', async () => {
    const [fixture] = withPageUnderWay()
    fixture.backlog.clear()
    expect(whatIsLeft(fixture)).toEqual(nothing)
    await fixture.store.endWrite()
    expect([fixture.store.bytes, fixture.store.freedCount]).toEqual([0, 1])
    expect(whatIsLeft(fixture)).toEqual(nothing)
  })

  it('while a page is written that is waited for gives it up once', async () => {
    const [fixture] = withPageUnderWay()
    fixture.load()
    fixture.backlog.clear()
    await fixture.store.settle()
    expect([fixture.store.bytes, fixture.store.freedCount]).toEqual([0, 1])
    expect([fixture.taken, fixture.loadedCount]).toEqual([[], 0])
    expect(fixture.logger.lines).toEqual([])
  })

  it('while a page cannot be written has nothing to give up', async () => {
    const [fixture] = withPageUnderWay()
    fixture.backlog.clear()
    await fixture.store.endWrite('refuse')
    expect(fixture.store.freedCount).toBe(0)
    expect(whatIsLeft(fixture)).toEqual(nothing)
  })

  it.each(['give', 'refuse'] as const)('while a page is read gives it up once: %s', async (end) => {
    const [fixture] = withPageUnderWay()
    await fixture.settle()
    fixture.load()
    await microtasks()
    fixture.backlog.clear()
    await fixture.store.endRead(end)
    expect([fixture.store.bytes, fixture.store.freedCount]).toEqual([0, 1])
    fixture.clock.advance(RETRY_MS)
    expect([fixture.taken, fixture.loadedCount]).toEqual([[], 0])
    expect(whatIsLeft(fixture)).toEqual(nothing)
  })

  it('while the log is read gives nothing of that, but what comes after', async () => {
    const fixture = new BacklogFixture()
    fixture.push(3, 'logged')
    await fixture.log.storeAll()
    const release = fixture.log.journal.holdReads()
    fixture.load()
    fixture.log.queue.settleRange(0, 2)
    fixture.backlog.clear()
    expect(whatIsLeft(fixture)).toEqual(nothing)
    const expected = fixture.push(3, 'logged')
    await fixture.log.storeAll()
    fixture.load()
    await release()
    expect(await fixture.takeAll()).toEqual(expected)
    expect(fixture.loadedCount).toBe(1)
  })

  it('gives up all its pages, wherever they are', async () => {
    const fixture = new BacklogFixture()
    fixture.push(MANY, 'transient')
    await fixture.store.endWrite()
    await fixture.store.endWrite()
    const writeCount = fixture.store.writeCount
    expect(writeCount).toBeGreaterThan(0)
    fixture.backlog.clear()
    await fixture.store.settle()
    expect([fixture.store.bytes, fixture.store.freedCount]).toEqual([0, 2 + writeCount])
    expect(whatIsLeft(fixture)).toEqual(nothing)
    const expected = fixture.push(5, 'transient')
    expect(await fixture.takeAll()).toEqual(expected)
  })
})

describe('what has gone from the store', () => {
  it('is reported, and not counted any more: of a page', async () => {
    const fixture = new BacklogFixture()
    const expected = fixture.push(5, 'transient')
    await fixture.store.endWrite()
    const [[slot, page]] = fixture.store.pages as unknown as [[never, Buffer]]
    let secondAt = 0
    readPage(page, (message, sequence) => {
      if (sequence === 0) secondAt = message.end
    })
    fixture.store.pages.set(slot, page.subarray(0, secondAt))
    expect(await fixture.takeAll()).toEqual([expected[0], ...expected.slice(3)])
    expect(fixture.logger.take()).toEqual([['error', MISSING, { count: 2 }]])
  })

  it('is reported, and not counted any more: of the log', async () => {
    const fixture = new BacklogFixture()
    const expected = fixture.push(3, 'logged')
    await fixture.log.storeAll()
    expected.push(...fixture.push(2, 'logged'))
    await fixture.log.storeAll()
    expected.push(...fixture.push(4, 'logged'))
    await fixture.log.storeAll()
    const [first, , third] = fixture.log.journal.records
    fixture.log.journal.records = [first!, third!]
    expect(await fixture.takeAll()).toEqual([...expected.slice(0, 3), ...expected.slice(5)])
    expect(fixture.logger.take()).toEqual([['error', MISSING, { count: 2 }]])
  })
})

describe('a backlog that was recovered', () => {
  /** A log with so many messages, some of which are settled, as the next process finds it. */
  async function recovered(count: number, settled: readonly number[]): Promise<LogFixture> {
    const before = new BacklogFixture()
    for (let n = 0; n < count; n++) {
      // So large that each is a block of its own.
      before.push(1, 'logged', 300_000)
      await before.log.storeAll()
    }
    for (const sequence of settled) before.log.queue.settleRange(sequence, sequence)
    await before.log.storeAll()
    return recover(before.log.journal)
  }

  it('has what was in the log, and what comes behind', async () => {
    const fixture = new BacklogFixture(0, await recovered(6, [0, 3]))
    expect(fixture.backlog.length).toBe(4)
    fixture.push(3, 'logged')
    const taken = (await fixture.takeAll()).map((line) => Number.parseInt(line, 10))
    expect(taken).toEqual([1, 2, 4, 5, 6, 7, 8])
    expect(fixture.logger.lines).toEqual([])
  })

  it('ends with the last that was there, though the log speaks of others behind', async () => {
    const fixture = new BacklogFixture(0, await recovered(6, [4, 5]))
    await fixture.takeAll()
    expect(fixture.taken).toHaveLength(4)
    expect(fixture.backlog.firstSequence).toBeUndefined()
  })
})
