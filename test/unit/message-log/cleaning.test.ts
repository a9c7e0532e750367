import { describe, expect, it } from 'vitest'
import { sampleMessage } from '../../support/sample-message.ts'
import { LogFixture, readAll } from './log-fixture.ts'

const UNTIDY_BYTES = 16_000
const OPTIONS = { untidyBytes: UNTIDY_BYTES }

/** Puts messages into the queue and takes them out, so that the journal becomes untidy. */
async function churn(fixture: LogFixture, count: number, from = 0): Promise<void> {
  for (let n = from; n < from + count; n++) {
    const message = sampleMessage('b'.repeat(200))
    fixture.queue.enqueue(message, n)
    await fixture.storeTurn()
    fixture.queue.settle(message, n)
    await fixture.storeTurn()
  }
}

/** Goes on until a straggler is stored again, and does something at that moment of it. */
async function untilMoved(
  fixture: LogFixture,
  moment: 'reading' | 'noted' | 'written' | 'stored',
  act: () => void,
): Promise<void> {
  const { journal, turn } = fixture
  const release = journal.holdReads()
  for (let n = 0; journal.reads.length === 0; n++) await churn(fixture, 1, n)
  if (moment === 'reading') act()
  await release()
  if (moment === 'noted') act()
  turn.run()
  if (moment === 'written') act()
  await journal.settle('store')
  if (moment === 'stored') act()
  await fixture.storeAll()
}

describe('a message that stays while others pass', () => {
  it('does not pin the journal', async () => {
    const fixture = new LogFixture(undefined, OPTIONS)
    const { other, journal, log } = fixture
    const straggler = sampleMessage('straggler')
    other.enqueue(straggler, 0)
    other.deliver(straggler, 0)
    let most = 0
    for (let n = 0; n < 600; n++) {
      await churn(fixture, 1, n)
      most = Math.max(most, journal.bytes)
      expect(log.bytes).toBe(journal.bytes)
    }
    expect(most).toBeLessThan(1.2 * UNTIDY_BYTES)
    expect(await fixture.contents()).toEqual(['2/0 straggler again'])
    expect(await fixture.recovered()).toEqual(['2/0 straggler again'])
    other.settle(straggler, 0)
    await fixture.storeAll()
    expect([journal.bytes, log.bytes, log.liveBytes]).toEqual([0, 0, 0])
  })

  it('keeps when it expires, and all its places', async () => {
    const fixture = new LogFixture(undefined, OPTIONS)
    const expiresAt = 2 ** 41 + 1234
    const message = sampleMessage('straggler')
    for (let id = 10; id < 20; id++) {
      fixture.log.queueLog(id).enqueue(message, id, id % 2 === 0 ? expiresAt : 0)
    }
    fixture.log.queueLog(12).deliver(message, 12)
    await fixture.storeTurn()
    fixture.log.queueLog(13).deliver(message, 13)
    fixture.log.queueLog(14).settle(message, 14)
    const [first] = fixture.journal.records
    await churn(fixture, 100)
    expect(fixture.journal.records[0]!.position).toBeGreaterThan(first!.position)
    for (let id = 10; id < 20; id++) {
      const places = (await readAll(fixture.log.queueLog(id))).map(
        ({ sequence, delivered, expiresAt: at }) => ({ sequence, delivered, expiresAt: at }),
      )
      const delivered = id === 12 || id === 13
      const place = { sequence: id, delivered, expiresAt: id % 2 === 0 ? expiresAt : 0 }
      expect(places).toEqual(id === 14 ? [] : [place])
    }
    // It is stored once, as before.
    const stored = Buffer.concat(fixture.journal.records.map(({ bytes }) => bytes))
    expect(stored.indexOf('straggler')).toBe(stored.lastIndexOf('straggler'))
  })

  it('may be delivered at any moment in between', async () => {
    for (const moment of ['reading', 'noted', 'written', 'stored'] as const) {
      const fixture = new LogFixture(undefined, OPTIONS)
      const { other } = fixture
      const straggler = sampleMessage('straggler')
      other.enqueue(straggler, 0)
      await untilMoved(fixture, moment, () => other.deliver(straggler, 0))
      await churn(fixture, 3, 1000)
      expect(await fixture.contents(), moment).toEqual(['2/0 straggler again'])
      expect(await fixture.recovered(), moment).toEqual(['2/0 straggler again'])
    }
  })

  it('may be settled at any moment in between', async () => {
    for (const moment of ['reading', 'noted', 'written', 'stored'] as const) {
      const fixture = new LogFixture(undefined, OPTIONS)
      const { other, journal, log } = fixture
      const straggler = sampleMessage('straggler')
      other.enqueue(straggler, 0)
      await untilMoved(fixture, moment, () => other.settle(straggler, 0))
      expect(await fixture.recovered(), moment).toEqual([])
      await churn(fixture, 1, 1000)
      expect([journal.bytes, log.bytes, log.liveBytes], moment).toEqual([0, 0, 0])
    }
  })

  it('is left where it is when its queue is dropped meanwhile', async () => {
    const fixture = new LogFixture(undefined, OPTIONS)
    const { other, journal } = fixture
    other.enqueue(sampleMessage('straggler'), 0)
    const release = journal.holdReads()
    for (let n = 0; journal.reads.length === 0; n++) await churn(fixture, 1, n)
    other.drop()
    await release()
    await fixture.storeAll()
    expect(await fixture.recovered()).toEqual([])
  })
})

describe('an untidy journal', () => {
  it('is tidied up a little at a time, and to the end without any further traffic', async () => {
    const fixture = new LogFixture(undefined, OPTIONS)
    const { queue, journal, turn, log } = fixture
    const messages = Array.from({ length: 1000 }, () => sampleMessage('b'.repeat(40)))
    for (let n = 0; n < 1000; n += 10) {
      for (let k = n; k < n + 10; k++) queue.enqueue(messages[k]!, k)
      await fixture.storeTurn()
    }
    const full = journal.bytes
    for (let n = 0; n < 1000; n++) if (n % 20 !== 0) queue.settle(messages[n]!, n)
    await fixture.storeTurn()
    const asked = journal.asked.length
    let rounds = 0
    for (turn.run(); journal.pendingCount > 0; turn.run()) {
      await journal.settle('store')
      rounds++
    }
    expect(rounds).toBeGreaterThan(2)
    for (const record of journal.asked.slice(asked)) expect(record.length).toBeLessThan(full / 20)
    expect(journal.bytes).toBeLessThan(Math.max(UNTIDY_BYTES, full / 4))
    expect(log.bytes).toBe(journal.bytes)
    expect(await fixture.recovered()).toHaveLength(50)
    expect(await fixture.contents()).toHaveLength(50)
  })

  it('comes to rest even if the last block is the one that is untidy', async () => {
    const fixture = new LogFixture(undefined, { untidyBytes: 100 })
    const { queue, journal, turn } = fixture
    const messages = Array.from({ length: 100 }, () => sampleMessage('b'.repeat(40)))
    messages.forEach((message, n) => void queue.enqueue(message, n))
    await fixture.storeTurn()
    for (let n = 1; n < 100; n++) queue.settle(messages[n]!, n)
    await fixture.storeTurn()
    let rounds = 0
    for (turn.run(); journal.pendingCount > 0 && rounds < 10; turn.run()) {
      await journal.settle('store')
      rounds++
    }
    expect(rounds).toBeLessThan(3)
    expect(journal.bytes).toBeLessThan(200)
    expect(await fixture.recovered()).toHaveLength(1)
  })

  it('is not read again and again for more than comes in', async () => {
    const fixture = new LogFixture(undefined, OPTIONS)
    const { queue, other, journal } = fixture
    // All that is needed stands at the front, and is a lot.
    for (let n = 0; n < 200; n++) {
      other.enqueue(sampleMessage('a'.repeat(200)), n)
      await fixture.storeTurn()
    }
    for (let n = 0; n < 1000; n++) queue.enqueue(sampleMessage('b'.repeat(200)), n)
    await fixture.storeTurn()
    queue.settleRange(0, 999)
    await fixture.storeTurn()
    const asked = journal.asked.length
    await fixture.storeAll()
    const sizes = journal.asked.slice(asked).map(({ length }) => length)
    expect(sizes.length).toBeGreaterThan(10)
    for (const size of sizes) expect(size).toBeLessThan(UNTIDY_BYTES / 4)
    expect(await fixture.contents()).toHaveLength(200)
    expect(await fixture.recovered()).toHaveLength(200)
  })

  it('stays as it is, with a word about it, when it cannot be read', async () => {
    const fixture = new LogFixture(undefined, OPTIONS)
    const { other, journal } = fixture
    other.enqueue(sampleMessage('straggler'), 0)
    journal.isReadable = false
    await churn(fixture, 100)
    expect(new Set(fixture.logged)).toEqual(
      new Set(['The journal could not be read to make it smaller']),
    )
    expect(await fixture.recovered()).toEqual(['2/0 straggler'])
    journal.isReadable = true
    await churn(fixture, 20, 100)
    expect(journal.bytes).toBeLessThan(UNTIDY_BYTES)
    expect(await fixture.contents()).toEqual(['2/0 straggler'])
  })
})
