import { describe, expect, it } from 'vitest'
import { sampleMessage } from '../../support/sample-message.ts'
import { LogFixture } from './log-fixture.ts'
import { ManualJournal, microtasks } from './manual-journal.ts'

/** Each record is a block of its own. */
const SMALL_BLOCKS = { untidyBytes: 1600 }
const BODY = 'b'.repeat(200)

describe('records that are not needed any more', () => {
  it('are removed from the front, once that what settled them is stored', async () => {
    const fixture = new LogFixture(undefined, SMALL_BLOCKS)
    const { queue, other, turn, journal } = fixture
    const message = sampleMessage(BODY)
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

  it('stay as long as there are older ones that are needed', async () => {
    const fixture = new LogFixture(undefined, SMALL_BLOCKS)
    const { queue, journal } = fixture
    for (let n = 0; n < 4; n++) {
      queue.enqueue(sampleMessage(BODY), n)
      await fixture.storeAll()
    }
    queue.settleRange(1, 2)
    await fixture.storeAll()
    expect(journal.records).toHaveLength(5)
    queue.settleRange(0, 0)
    await fixture.storeAll()
    // The fourth message, and what settled the others.
    expect(journal.records).toHaveLength(3)
    expect(await fixture.recovered()).toEqual([`1/3 ${BODY}`])
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
    expect(log.liveBytes).toBe(log.bytes - 10)
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

  it('are not what a later record still tells of', async () => {
    const fixture = new LogFixture(undefined, SMALL_BLOCKS)
    const { queue, other, turn, journal } = fixture
    const message = sampleMessage(BODY)
    queue.enqueue(message, 0)
    await fixture.storeAll()
    queue.settle(message, 0)
    turn.run()
    // The record that settles it is not stored yet when the next one is noted.
    other.enqueue(sampleMessage('a'), 0)
    await journal.settle('store')
    expect(await fixture.recovered()).toEqual([])
    await fixture.storeAll()
    expect(await fixture.recovered()).toEqual(['2/0 a'])
    expect(fixture.log.bytes).toBe(journal.bytes)
  })
})

describe('settling a range', () => {
  it('takes what is stored, what is being written and what waits for its record', async () => {
    const fixture = new LogFixture(undefined, SMALL_BLOCKS)
    const { queue, other, turn, journal } = fixture
    const messages = Array.from({ length: 9 }, (_, n) => sampleMessage(`m${n}`))
    for (const n of [0, 1, 2]) queue.enqueue(messages[n]!, n)
    await fixture.storeAll()
    for (const n of [3, 4, 5]) queue.enqueue(messages[n]!, n)
    turn.run()
    for (const n of [6, 7, 8]) queue.enqueue(messages[n]!, n)
    other.enqueue(messages[7]!, 0)
    queue.settleRange(1, 7)
    expect(messages.map(({ logEntry }) => logEntry !== null)).toEqual([
      ...Array(7).fill(false),
      true,
      true,
    ])
    await journal.settle('store')
    await fixture.storeAll()
    const left = ['1/0 m0', '1/8 m8', '2/0 m7']
    expect(await fixture.contents()).toEqual(left)
    expect(await fixture.recovered()).toEqual(left)
  })

  it('notes nothing where there is nothing', async () => {
    const fixture = new LogFixture()
    fixture.queue.enqueue(sampleMessage('a'), 5)
    await fixture.storeAll()
    fixture.queue.settleRange(0, 4)
    fixture.queue.settleRange(6, Number.MAX_SAFE_INTEGER)
    fixture.other.settleRange(0, 10)
    expect(fixture.log.lastTicket).toBe(fixture.log.storedTicket)
    expect(fixture.queue.count).toBe(1)
  })

  it('is a few bytes, however many messages that are', async () => {
    const fixture = new LogFixture()
    const { queue, other, journal } = fixture
    const message = sampleMessage('a')
    for (let n = 0; n < 3000; n++) queue.enqueue(sampleMessage('b'), n)
    other.enqueue(message, 0)
    await fixture.storeAll()
    for (let n = 0; n < 3000; n += 7) queue.settleRange(n, n)
    await fixture.storeAll()
    queue.settleRange(0, Number.MAX_SAFE_INTEGER)
    await fixture.storeAll()
    expect(journal.asked.at(-1)!.length).toBeLessThan(30)
    expect(await fixture.recovered()).toEqual(['2/0 a'])
  })
})

describe('dropping a queue', () => {
  it('leaves nothing of it, and no other queue without its messages', async () => {
    const fixture = new LogFixture()
    const { queue, other, log, journal } = fixture
    const message = sampleMessage('a')
    queue.enqueue(message, 0)
    other.enqueue(message, 3)
    await fixture.storeAll()
    queue.enqueue(sampleMessage('waits'), 1)
    queue.drop()
    await fixture.storeAll()
    expect(await fixture.recovered()).toEqual(['2/3 a'])
    expect(log.queueLog(1).count).toBe(0)
    other.drop()
    await fixture.storeAll()
    expect([journal.bytes, log.bytes, log.liveBytes]).toEqual([0, 0, 0])
  })

  it('writes nothing when nothing of it was ever stored', async () => {
    const fixture = new LogFixture()
    const message = sampleMessage('a')
    fixture.queue.enqueue(message, 0)
    fixture.queue.drop()
    await fixture.storeAll()
    expect(fixture.journal.asked).toEqual([])
    expect(message.logEntry).toBeNull()
  })

  it('may happen while its messages are being written', async () => {
    const fixture = new LogFixture()
    const { queue, turn, journal } = fixture
    queue.enqueue(sampleMessage('a'), 0)
    turn.run()
    queue.drop()
    await journal.settle('store')
    await fixture.storeAll()
    expect(await fixture.recovered()).toEqual([])
    expect(new ManualJournal(journal.records).bytes).toBe(0)
  })
})
