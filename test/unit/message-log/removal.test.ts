import { describe, expect, it } from 'vitest'
import { sampleMessage } from '../../support/sample-message.ts'
import { LogFixture } from './log-fixture.ts'
import { ManualJournal, microtasks } from './manual-journal.ts'

describe('records that are not needed any more', () => {
  it('are removed from the front, once that what settled them is stored', async () => {
    const fixture = new LogFixture()
    const { queue, other, turn, journal } = fixture
    const message = sampleMessage('a')
    queue.enqueue(message, 0)
    await fixture.storeAll()
    const before = await fixture.recovered()
    other.enqueue(sampleMessage('something else'), 0)
    turn.run()
    // This is how a dead letter moves: gone from here and new there, in one record.
    queue.settle(message, 0)
    other.enqueue(sampleMessage('dead letter'), 1)
    await journal.settle('store')
    expect(await fixture.recovered()).toEqual([...before, '2/0 something else'])
    turn.run()
    expect(await fixture.recovered()).toEqual([...before, '2/0 something else'])
    await journal.settle('store')
    expect(await fixture.recovered()).toEqual(['2/0 something else', '2/1 dead letter'])
    expect(journal.records).toHaveLength(2)
  })

  it('are all removed when the last message has gone', async () => {
    const fixture = new LogFixture()
    const { queue, journal, log } = fixture
    const messages = Array.from({ length: 10 }, () => sampleMessage('a'))
    for (const [n, message] of messages.entries()) {
      queue.enqueue(message, n)
      await fixture.storeAll()
    }
    expect(journal.records).toHaveLength(10)
    expect(log.bytes).toBe(journal.bytes)
    for (const [n, message] of messages.entries()) queue.settle(message, n)
    await fixture.storeAll()
    expect(journal.records).toEqual([])
    expect([log.bytes, log.liveBytes]).toEqual([0, 0])
  })

  it('wait for the next time when the journal cannot remove them', async () => {
    const fixture = new LogFixture()
    const { queue, journal, logged } = fixture
    const messages = ['a', 'b'].map((body) => sampleMessage(body))
    journal.truncates = false
    for (const [n, message] of messages.entries()) {
      queue.enqueue(message, n)
      await fixture.storeAll()
      queue.settle(message, n)
      await fixture.storeAll()
      await microtasks()
      expect(logged).toEqual(['The journal did not remove records'])
      journal.truncates = true
    }
    expect(journal.records).toEqual([])
  })

  it('are not pinned by a message that stays', async () => {
    const untidyBytes = 20_000
    const fixture = new LogFixture(new ManualJournal(), untidyBytes)
    const { queue, other, journal, log } = fixture
    const straggler = sampleMessage('straggler')
    other.enqueue(straggler, 0)
    other.deliver(straggler, 0)
    let most = 0
    for (let n = 0; n < 2000; n++) {
      const message = sampleMessage('b'.repeat(200))
      queue.enqueue(message, n)
      await fixture.storeAll()
      queue.settle(message, n)
      await fixture.storeAll()
      most = Math.max(most, journal.bytes)
    }
    expect(most).toBeLessThan(1.1 * untidyBytes)
    expect(log.bytes).toBe(journal.bytes)
    expect(await fixture.recovered()).toEqual(['2/0 straggler again'])
    other.settle(straggler, 0)
    await fixture.storeAll()
    expect(journal.records).toEqual([])
  })

  it('are tidied up a little at a time, and to the end without any further traffic', async () => {
    const untidyBytes = 16_000
    const fixture = new LogFixture(new ManualJournal(), untidyBytes)
    const { queue, journal, turn, log } = fixture
    const messages = Array.from({ length: 1000 }, () => sampleMessage('b'.repeat(40)))
    for (let n = 0; n < 1000; n += 10) {
      for (let k = n; k < n + 10; k++) queue.enqueue(messages[k]!, k)
      await fixture.storeAll()
    }
    const full = journal.bytes
    for (let n = 0; n < 1000; n++) if (n % 20 !== 0) queue.settle(messages[n]!, n)
    turn.run()
    await journal.settle('store')
    const asked = journal.asked.length
    let rounds = 0
    for (turn.run(); journal.pendingCount > 0; turn.run()) {
      await journal.settle('store')
      rounds++
    }
    expect(rounds).toBeGreaterThan(2)
    for (const record of journal.asked.slice(asked)) expect(record.length).toBeLessThan(full / 20)
    expect(journal.bytes).toBeLessThan(Math.max(untidyBytes, full / 4))
    expect(log.bytes).toBe(journal.bytes)
    expect(await fixture.recovered()).toHaveLength(50)
  })
})
