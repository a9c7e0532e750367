import { describe, expect, it } from 'vitest'
import { sampleMessage } from '../../support/sample-message.ts'
import { LogFixture } from './log-fixture.ts'
import { microtasks } from './manual-journal.ts'

describe('the message log', () => {
  it('makes one record of all that a turn notes', async () => {
    const { queue, other, turn, journal, log } = new LogFixture()
    const messages = [sampleMessage('a'), sampleMessage('b')]
    const tickets = messages.flatMap((message, n) => [
      queue.enqueue(message, n),
      other.enqueue(message, n + 10),
    ])
    expect(tickets).toEqual([1, 1, 1, 1])
    expect(journal.pendingCount).toBe(0)
    turn.run()
    expect(journal.pendingCount).toBe(1)
    expect([log.lastTicket, log.storedTicket]).toEqual([1, 0])
    await journal.settle('store')
    expect([log.lastTicket, log.storedTicket]).toEqual([1, 1])
    expect(journal.records).toHaveLength(1)
  })

  it('stores a message once, however many queues it is in', async () => {
    const fixture = new LogFixture()
    const message = sampleMessage('b'.repeat(1000))
    for (let id = 1; id <= 20; id++) fixture.log.queueLog(id).enqueue(message, 5)
    await fixture.storeAll()
    expect(fixture.journal.bytes).toBeLessThan(1500)
    expect(await fixture.recovered()).toHaveLength(2)
  })

  it('has one append under way, and gathers what comes meanwhile for the next', async () => {
    const { queue, turn, journal, log } = new LogFixture()
    expect(queue.enqueue(sampleMessage('a'), 0)).toBe(1)
    turn.run()
    for (let n = 1; n < 5; n++) {
      expect(queue.enqueue(sampleMessage('b'), n)).toBe(2)
      turn.run()
    }
    expect(journal.pendingCount).toBe(1)
    await journal.settle('store')
    turn.run()
    expect(journal.pendingCount).toBe(1)
    await journal.settle('store')
    expect(log.storedTicket).toBe(2)
    expect(journal.records).toHaveLength(2)
  })

  it('cuts what is much into several records, and all of them belong to one ticket', async () => {
    const fixture = new LogFixture()
    const { queue, turn, journal, log } = fixture
    for (let n = 0; n < 70; n++) queue.enqueue(sampleMessage('b'.repeat(10_000)), n)
    turn.run()
    expect(journal.pendingCount).toBe(3)
    for (const { length } of journal.asked) expect(length).toBeLessThanOrEqual(256 * 1024)
    await journal.settle('store')
    await journal.settle('store')
    expect(log.storedTicket).toBe(0)
    await journal.settle('store')
    expect(log.storedTicket).toBe(1)
    expect(await fixture.recovered()).toHaveLength(70)
  })

  it('makes one record, of any size, of what must not be stored in part', async () => {
    const fixture = new LogFixture()
    const { queue, turn, journal, log } = fixture
    for (let n = 0; n < 70; n++) queue.enqueue(sampleMessage('b'.repeat(10_000)), n)
    log.makeAtomic()
    turn.run()
    expect(journal.pendingCount).toBe(1)
    await journal.settle('store')
    // The next ones may be cut again.
    for (let n = 70; n < 140; n++) queue.enqueue(sampleMessage('b'.repeat(10_000)), n)
    turn.run()
    expect(journal.pendingCount).toBe(3)
  })

  it('writes nothing of what was settled before, and calls it safe', async () => {
    const fixture = new LogFixture()
    const { queue, turn, journal, log } = fixture
    const message = sampleMessage('a')
    queue.enqueue(message, 0)
    queue.deliver(message, 0)
    queue.settle(message, 0)
    fixture.listen()
    turn.run()
    expect(fixture.stored).toEqual([1])
    expect(log.storedTicket).toBe(1)
    expect(journal.asked).toEqual([])
    expect(message.logEntry).toBeNull()
    expect([queue.count, log.bytes, log.liveBytes]).toEqual([0, 0, 0])
  })

  it('writes only the places that are left of a message', async () => {
    const fixture = new LogFixture()
    const message = sampleMessage('a')
    for (let id = 1; id <= 5; id++) fixture.log.queueLog(id).enqueue(message, 7)
    fixture.queue.settle(message, 7)
    fixture.log.queueLog(4).settle(message, 7)
    expect(message.logEntry).not.toBeNull()
    await fixture.storeAll()
    expect(message.logEntry).toBeNull()
    expect([1, 2, 3, 4, 5].map((id) => fixture.log.queueLog(id).count)).toEqual([0, 1, 1, 0, 1])
    expect(await fixture.recovered()).toEqual(['2/7 a'])
  })

  it('takes no notice of messages that it was never given', () => {
    const { queue, log } = new LogFixture()
    const message = sampleMessage('transient')
    queue.deliver(message, 3)
    queue.settle(message, 3)
    expect(log.lastTicket).toBe(0)
  })

  it('says in the next record what was settled while the first one was written', async () => {
    const fixture = new LogFixture()
    const { queue, turn, journal } = fixture
    const messages = ['a', 'b'].map((body) => sampleMessage(body))
    messages.forEach((message, n) => void queue.enqueue(message, n))
    turn.run()
    queue.settle(messages[0]!, 0)
    expect(queue.count).toBe(1)
    await journal.settle('store')
    expect(await fixture.recovered()).toEqual(['1/0 a', '1/1 b'])
    turn.run()
    await journal.settle('store')
    expect(await fixture.recovered()).toEqual(['1/1 b'])
  })

  it('remembers what was delivered, be it stored before or not', async () => {
    const fixture = new LogFixture()
    const { queue, turn, journal } = fixture
    const messages = ['a', 'b', 'c', 'd'].map((body) => sampleMessage(body))
    messages.forEach((message, n) => void queue.enqueue(message, n))
    queue.deliver(messages[1]!, 1)
    turn.run()
    queue.deliver(messages[2]!, 2)
    await journal.settle('store')
    await fixture.storeAll()
    queue.deliver(messages[3]!, 3)
    await fixture.storeAll()
    const expected = ['1/0 a', '1/1 b again', '1/2 c again', '1/3 d again']
    expect(await fixture.recovered()).toEqual(expected)
    expect(await fixture.contents()).toEqual(expected)
  })

  it('notes a second delivery no more', async () => {
    const fixture = new LogFixture()
    const message = sampleMessage('a')
    fixture.queue.enqueue(message, 0)
    fixture.queue.deliver(message, 0)
    await fixture.storeAll()
    fixture.queue.deliver(message, 0)
    expect(fixture.log.lastTicket).toBe(fixture.log.storedTicket)
  })

  it('stores a message anew that comes to another queue later', async () => {
    const fixture = new LogFixture()
    const message = sampleMessage('a')
    fixture.queue.enqueue(message, 0)
    await fixture.storeAll()
    fixture.other.enqueue(message, 7)
    await fixture.storeAll()
    expect(await fixture.recovered()).toEqual(['1/0 a', '2/7 a'])
    fixture.queue.settle(message, 0)
    await fixture.storeAll()
    expect(await fixture.recovered()).toEqual(['2/7 a'])
    fixture.other.settle(message, 7)
    await fixture.storeAll()
    expect(fixture.journal.records).toEqual([])
  })

  it('keeps a queue in order whose messages stand in the record in another', async () => {
    const fixture = new LogFixture()
    const { queue, other } = fixture
    const early = sampleMessage('early')
    for (let n = 0; n < 3; n++) other.enqueue(sampleMessage('b'.repeat(200_000)), n)
    await fixture.storeAll()
    queue.enqueue(early, 0)
    other.enqueue(sampleMessage('c'.repeat(200_000)), 3)
    other.enqueue(sampleMessage('d'.repeat(200_000)), 4)
    // It has its entry already, which stands before the others.
    other.enqueue(early, 5)
    await fixture.storeAll()
    const names = (await fixture.contents()).map((place) => place.slice(0, 5))
    expect(names).toEqual(['1/0 e', '2/0 b', '2/1 b', '2/2 b', '2/3 c', '2/4 d', '2/5 e'])
    other.settleRange(3, 4)
    await fixture.storeAll()
    const left = (await fixture.recovered()).map((place) => place.slice(0, 5))
    expect(left).toEqual(['1/0 e', '2/0 b', '2/1 b', '2/2 b', '2/5 e'])
    other.settleRange(0, 2)
    other.settle(early, 5)
    queue.settle(early, 0)
    await fixture.storeAll()
    expect([fixture.log.bytes, fixture.log.liveBytes]).toEqual([0, 0])
  })

  it('waits for the definitions that a record needs, before it calls it safe', async () => {
    let stored = (): void => {}
    const pending = new Promise<void>((resolve) => {
      stored = resolve
    })
    const definitions = { pending: () => pending, isQueueStored: () => true }
    const fixture = new LogFixture(undefined, { definitions })
    fixture.queue.enqueue(sampleMessage('a'), 0)
    fixture.listen()
    await fixture.storeTurn()
    expect(fixture.stored).toEqual([])
    stored()
    await microtasks()
    expect(fixture.stored).toEqual([1])
  })
})

describe('who listens', () => {
  it('is told once, when all that was noted until then is safe', async () => {
    const fixture = new LogFixture()
    for (const n of [0, 1]) {
      fixture.queue.enqueue(sampleMessage('a'), n)
      if (n === 0) fixture.listen()
      await fixture.storeTurn()
    }
    expect(fixture.stored).toEqual([1])
    expect(fixture.log.storedTicket).toBe(2)
  })

  it('is told at once when everything is safe', async () => {
    const fixture = new LogFixture()
    fixture.listen()
    expect(fixture.stored).toEqual([0])
    fixture.queue.enqueue(sampleMessage('a'), 0)
    await fixture.storeAll()
    fixture.listen()
    expect(fixture.stored).toEqual([0, 1])
  })

  it('is told of what is being written, though nothing else is noted', async () => {
    const fixture = new LogFixture()
    fixture.queue.enqueue(sampleMessage('a'), 0)
    fixture.turn.run()
    fixture.listen()
    let isSettled = false
    void fixture.log.settled()?.then(() => {
      isSettled = true
    })
    await microtasks()
    expect([fixture.stored, isSettled]).toEqual([[], false])
    await fixture.journal.settle('store')
    expect([fixture.stored, isSettled]).toEqual([[1], true])
    expect(fixture.log.lastTicket).toBe(1)
  })

  it('waits for what was noted after it, too, if a record is being written', async () => {
    const fixture = new LogFixture()
    fixture.queue.enqueue(sampleMessage('a'), 0)
    fixture.turn.run()
    fixture.queue.enqueue(sampleMessage('b'), 1)
    fixture.listen()
    await fixture.journal.settle('store')
    expect(fixture.stored).toEqual([])
    await fixture.storeAll()
    expect(fixture.stored).toEqual([2])
  })

  it('may listen again when it is told', async () => {
    const { log, queue, turn, journal } = new LogFixture()
    const told: number[] = []
    const listener = {
      stored(ticket: number) {
        told.push(ticket)
        if (ticket < 3) {
          queue.enqueue(sampleMessage('a'), ticket)
          log.listen(listener)
        }
      },
    }
    queue.enqueue(sampleMessage('a'), 0)
    log.listen(listener)
    for (let n = 0; n < 3; n++) {
      turn.run()
      await journal.settle('store')
    }
    expect(told).toEqual([1, 2, 3])
  })
})

describe('a log with more than it can store', () => {
  const LIMIT_BYTES = 8 * 1024 * 1024

  it('says so until it has made records of it', async () => {
    const { queue, turn, behind } = new LogFixture()
    const message = sampleMessage(Buffer.alloc(LIMIT_BYTES / 4))
    for (let n = 0; n < 3; n++) queue.enqueue(sampleMessage(Buffer.alloc(LIMIT_BYTES / 4)), n)
    expect(behind).toEqual([])
    queue.enqueue(message, 3)
    queue.enqueue(sampleMessage('one more'), 4)
    expect(behind).toEqual([true])
    turn.run()
    expect(behind).toEqual([true, false])
  })

  it('counts anew what comes while it is writing', async () => {
    const { queue, turn, behind, journal } = new LogFixture()
    for (let n = 0; n < 2; n++) {
      queue.enqueue(sampleMessage(Buffer.alloc(LIMIT_BYTES)), n)
      turn.run()
    }
    expect(behind).toEqual([true, false, true])
    while (journal.pendingCount > 0) await journal.settle('store')
    turn.run()
    expect(behind).toEqual([true, false, true, false])
  })
})

describe('closing', () => {
  it('waits until all that was noted is stored', async () => {
    const { queue, turn, journal, log } = new LogFixture()
    queue.enqueue(sampleMessage('a'), 0)
    turn.run()
    queue.enqueue(sampleMessage('b'), 1)
    let closed = false
    void log.close().then(() => {
      closed = true
    })
    await journal.settle('store')
    expect(closed).toBe(false)
    turn.run()
    await journal.settle('store')
    expect(closed).toBe(true)
    expect(log.storedTicket).toBe(2)
    await log.close()
  })

  it('is at once when there is nothing to wait for', async () => {
    const { log, queue, journal, turn } = new LogFixture()
    await log.close()
    queue.enqueue(sampleMessage('late'), 0)
    turn.run()
    expect(journal.asked).toEqual([])
  })

  it('asks a journal that refuses once more, then gives up', async () => {
    const fixture = new LogFixture()
    const { queue, turn, journal, log, logged, clock } = fixture
    queue.enqueue(sampleMessage('a'), 0)
    fixture.listen()
    turn.run()
    await journal.settle('refuse')
    const closing = log.close()
    await microtasks()
    expect(journal.pendingCount).toBe(1)
    await journal.settle('refuse')
    await closing
    expect(fixture.stored).toEqual([])
    expect(logged.at(-1)).toBe('The journal refused the last record: what it says is lost')
    expect(clock.pendingCount).toBe(0)
  })
})
