import { describe, expect, it } from 'vitest'
import type { Ticket } from '../../../src/message-log/queue-log.ts'
import { sampleMessage } from '../../support/sample-message.ts'
import { LogFixture } from './log-fixture.ts'
import { microtasks } from './manual-journal.ts'

const RETRY_MS = 500

describe('the message log', () => {
  it('makes one record of all that a turn notes', async () => {
    const { queue, other, turn, journal, log, stored } = new LogFixture()
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
    expect(stored).toEqual([1])
    expect(journal.records).toHaveLength(1)
  })

  it('stores a message once, however many queues it is in', async () => {
    const fixture = new LogFixture()
    const body = 'b'.repeat(1000)
    const message = sampleMessage(body)
    for (let id = 1; id <= 20; id++) fixture.log.queueLog(id).enqueue(message, 5)
    await fixture.storeAll()
    expect(fixture.journal.bytes).toBeLessThan(1500)
    expect(await fixture.recovered()).toHaveLength(20)
  })

  it('has one append under way, and gathers what comes meanwhile for the next', async () => {
    const { queue, turn, journal, log, stored } = new LogFixture()
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
    expect(stored).toEqual([1, 2])
    expect(log.storedTicket).toBe(2)
    expect(journal.records).toHaveLength(2)
  })

  it('writes nothing of what was settled before, and calls it safe', async () => {
    const { queue, turn, journal, stored } = new LogFixture()
    const message = sampleMessage('a')
    queue.enqueue(message, 0)
    queue.deliver(message, 0)
    queue.settle(message, 0)
    turn.run()
    await microtasks()
    expect(stored).toEqual([1])
    expect(journal.asked).toEqual([])
    expect(message.logEntry).toBeNull()
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
    await journal.settle('store')
    expect(await fixture.recovered()).toEqual(['1/0 a', '1/1 b'])
    turn.run()
    await journal.settle('store')
    expect(await fixture.recovered()).toEqual(['1/1 b'])
  })

  it('remembers what was delivered, be it stored before or not', async () => {
    const fixture = new LogFixture()
    const { queue } = fixture
    const messages = ['a', 'b', 'c'].map((body) => sampleMessage(body))
    messages.forEach((message, n) => void queue.enqueue(message, n))
    queue.deliver(messages[1]!, 1)
    await fixture.storeAll()
    queue.deliver(messages[2]!, 2)
    await fixture.storeAll()
    expect(await fixture.recovered()).toEqual(['1/0 a', '1/1 b again', '1/2 c again'])
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

  it('tells listeners no more once they have left', async () => {
    const fixture = new LogFixture()
    const told: Ticket[] = []
    const listener = {
      stored(ticket: Ticket) {
        told.push(ticket)
        fixture.log.unlisten(listener)
      },
    }
    fixture.log.listen(listener)
    for (const n of [0, 1]) {
      fixture.queue.enqueue(sampleMessage('a'), n)
      await fixture.storeAll()
    }
    expect(told).toEqual([1])
    expect(fixture.stored).toEqual([1, 2])
  })
})

describe('a journal that refuses', () => {
  it('is asked again after a while, with the same bytes, and nothing is safe until then', async () => {
    const fixture = new LogFixture()
    const { queue, turn, journal, clock, log, failing, logged, stored } = fixture
    const first = sampleMessage('a')
    queue.enqueue(first, 0)
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
    await journal.settle('store')
    expect(failing).toEqual([true, false])
    expect(stored).toEqual([1])
    await fixture.storeAll()
    expect(stored).toEqual([1, 2])
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
    queue.settle(message, 0)
    await fixture.storeAll()
    expect(journal.records).toEqual([])
  })
})

describe('closing', () => {
  it('waits until all that was noted is stored', async () => {
    const { queue, turn, journal, log, stored } = new LogFixture()
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
    expect(stored).toEqual([1, 2])
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
    const { queue, turn, journal, log, logged, stored, clock } = new LogFixture()
    queue.enqueue(sampleMessage('a'), 0)
    turn.run()
    await journal.settle('refuse')
    const closing = log.close()
    await microtasks()
    expect(journal.pendingCount).toBe(1)
    await journal.settle('refuse')
    await closing
    expect(stored).toEqual([])
    expect(logged.at(-1)).toBe('The journal refused the last record: what it says is lost')
    expect(clock.pendingCount).toBe(0)
  })
})
