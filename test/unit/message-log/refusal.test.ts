import { describe, expect, it } from 'vitest'
import type { StoredRun } from '../../../src/message-log/queue-log.ts'
import { bodyOf, sampleMessage } from '../../support/sample-message.ts'
import { LogFixture } from './log-fixture.ts'
import { microtasks } from './manual-journal.ts'

const RETRY_MS = 500

describe('a journal that refuses', () => {
  it('is asked again after a while, with the same bytes, and nothing is safe until then', async () => {
    const fixture = new LogFixture()
    const { queue, turn, journal, clock, log, failing, logged } = fixture
    const first = sampleMessage('a')
    queue.enqueue(first, 0)
    fixture.listen()
    turn.run()
    for (let n = 1; n <= 3; n++) {
      await journal.settle('refuse')
      expect(journal.pendingCount).toBe(0)
      expect(log.storedTicket).toBe(0)
      queue.enqueue(sampleMessage('b'), n)
      turn.run()
      clock.advance(RETRY_MS)
      await microtasks()
      expect(journal.pendingCount).toBe(1)
    }
    queue.settle(first, 0)
    expect(failing).toEqual([true])
    expect(new Set(journal.asked.map(String)).size).toBe(1)
    expect(fixture.stored).toEqual([])
    await journal.settle('store')
    expect(failing).toEqual([true, false])
    expect(fixture.stored).toEqual([1])
    await fixture.storeAll()
    expect(await fixture.recovered()).toEqual(['1/1 b', '1/2 b', '1/3 b'])
    expect(logged).toEqual(['The journal refuses a record'])
    expect(clock.pendingCount).toBe(0)
  })

  it('does no harm by storing what it said it did not', async () => {
    const fixture = new LogFixture()
    const { queue, turn, journal, clock } = fixture
    const message = sampleMessage('a')
    queue.enqueue(message, 0)
    turn.run()
    await journal.settle('doubt')
    expect(await fixture.recovered()).toEqual(['1/0 a'])
    clock.advance(RETRY_MS)
    await microtasks()
    await journal.settle('store')
    expect(await fixture.recovered()).toEqual(['1/0 a'])
    expect(await fixture.contents()).toEqual(['1/0 a'])
    queue.settle(message, 0)
    await fixture.storeAll()
    expect(journal.records).toEqual([])
  })

  it('keeps no consumer waiting: what is not stored yet is read from memory', async () => {
    const fixture = new LogFixture()
    const { queue, other, turn, journal, clock } = fixture
    queue.enqueue(sampleMessage('stored'), 0)
    await fixture.storeAll()
    const shared = sampleMessage('in the record')
    other.enqueue(shared, 0)
    queue.enqueue(shared, 1)
    turn.run()
    let isRead = false
    const waiting = queue.read(1, 9).then((run) => {
      isRead = true
      return run
    })
    await microtasks()
    expect(isRead).toBe(false)
    await journal.settle('refuse')
    queue.enqueue(sampleMessage('behind it'), 2)
    const texts = ({ messages }: StoredRun) =>
      messages.map(({ message }) => bodyOf(message).toString())
    expect(texts(await waiting)).toEqual(['in the record'])
    const first = await queue.read(0, 9)
    expect([texts(first), first.next]).toEqual([['stored'], 1])
    const rest = await queue.read(first.next, 9)
    expect([texts(rest), rest.next]).toEqual([['in the record', 'behind it'], 10])
    const limited = await queue.read(first.next, 1)
    expect([texts(limited), limited.next]).toEqual([['in the record'], 2])
    for (const { message, sequence } of rest.messages) queue.settle(message, sequence)
    expect(await queue.read(1, 9)).toEqual({ messages: [], next: 10 })
    clock.advance(RETRY_MS)
    await microtasks()
    await fixture.storeAll()
    expect(await fixture.contents()).toEqual(['1/0 stored', '2/0 in the record'])
    expect(await fixture.recovered()).toEqual(['1/0 stored', '2/0 in the record'])
  })

  it('is asked for all records once more when it refused one of them', async () => {
    const fixture = new LogFixture()
    const { queue, turn, journal, clock, log } = fixture
    queue.enqueue(sampleMessage('a'), 0)
    await fixture.storeAll()
    for (let n = 1; n <= 60; n++) queue.enqueue(sampleMessage('b'.repeat(10_000)), n)
    turn.run()
    expect(journal.pendingCount).toBe(3)
    await journal.settle('store')
    await journal.settle('refuse')
    // The bytes may be asked for until the last one is done.
    clock.advance(RETRY_MS)
    await microtasks()
    expect(journal.pendingCount).toBe(1)
    await journal.settle('store')
    clock.advance(RETRY_MS)
    await microtasks()
    expect(journal.pendingCount).toBe(3)
    const texts = journal.asked.map(String)
    expect(texts.slice(4).join() === texts.slice(1, 4).join()).toBe(true)
    expect(log.storedTicket).toBe(1)
    await fixture.storeAll()
    expect(log.storedTicket).toBe(2)
    for (const places of [await fixture.contents(), await fixture.recovered()]) {
      expect(places.map((place) => place.split(' ')[0])).toEqual(
        Array.from({ length: 61 }, (_, n) => `1/${n}`),
      )
    }
    queue.settleRange(0, 60)
    await fixture.storeAll()
    expect([journal.bytes, log.bytes]).toEqual([0, 0])
  })
})
