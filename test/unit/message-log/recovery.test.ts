import { describe, expect, it } from 'vitest'
import { bodyOf, sampleMessage } from '../../support/sample-message.ts'
import { LogFixture, readAll, recover } from './log-fixture.ts'
import { ManualJournal } from './manual-journal.ts'

describe('recovery', () => {
  it('gives each queue its messages in order, and goes on from there', async () => {
    const fixture = new LogFixture()
    const { queue, other } = fixture
    const messages = Array.from({ length: 6 }, (_, n) => sampleMessage(`m${n}`))
    for (const [n, message] of messages.entries()) {
      const [first, second] = n % 2 === 0 ? [queue, other] : [other, queue]
      first.enqueue(message, n)
      second.enqueue(message, n)
      await fixture.storeAll()
    }
    queue.settle(messages[1]!, 1)
    other.deliver(messages[2]!, 2)
    await fixture.storeAll()

    const again = await recover(fixture.journal)
    const inQueue = [0, 2, 3, 4, 5].map((n) => `1/${n} m${n}`)
    const inOther = [0, 1, 2, 3, 4, 5].map((n) => `2/${n} m${n}${n === 2 ? ' again' : ''}`)
    expect(await again.contents()).toEqual([...inQueue, ...inOther])
    expect([again.queue.count, again.other.count]).toEqual([5, 6])
    expect([again.queue.nextSequence, again.other.nextSequence]).toEqual([6, 6])
    expect(again.log.highestQueueId).toBe(2)
    expect(again.log.bytes).toBe(fixture.log.bytes)

    const recovered = await readAll(again.queue)
    for (const { message, sequence } of recovered) again.queue.settle(message, sequence)
    again.queue.enqueue(sampleMessage('m6'), 6)
    await again.storeAll()
    expect(await again.recovered()).toEqual(['1/6 m6', ...inOther])
  })

  it('keeps when messages expire', async () => {
    const fixture = new LogFixture()
    const times = [2 ** 41 + 7, 0, 5]
    for (const [n, time] of times.entries()) fixture.queue.enqueue(sampleMessage('a'), n, time)
    await fixture.storeAll()
    const again = await recover(fixture.journal)
    expect((await readAll(again.queue)).map(({ expiresAt }) => expiresAt)).toEqual(times)
  })

  it('uses no sequence again of which the journal still speaks', async () => {
    const options = { untidyBytes: 1600 }
    const fixture = new LogFixture(undefined, options)
    const { queue, other, journal } = fixture
    for (let n = 0; n < 5; n++) queue.enqueue(sampleMessage('b'.repeat(100)), n)
    await fixture.storeAll()
    queue.settleRange(2, 4)
    await fixture.storeAll()
    const again = await recover(journal, options)
    expect([again.queue.count, again.queue.nextSequence]).toEqual([2, 5])
    // Now that they have gone, only what settled them is left, in a record with something else.
    queue.settleRange(0, 1)
    other.enqueue(sampleMessage('stays'), 0)
    await fixture.storeAll()
    expect(journal.records).toHaveLength(1)
    const last = await recover(journal, options)
    expect([last.queue.count, last.queue.nextSequence]).toEqual([0, 2])
  })

  it('knows what was stored again only once, wherever it was before', async () => {
    const options = { untidyBytes: 3000 }
    const fixture = new LogFixture(undefined, options)
    const { queue, other, journal } = fixture
    journal.truncates = false
    other.enqueue(sampleMessage('straggler'), 0)
    other.enqueue(sampleMessage('goes'), 1)
    for (let n = 0; n < 40; n++) {
      queue.enqueue(sampleMessage('b'.repeat(100)), n)
      await fixture.storeAll()
      queue.settleRange(0, n)
      await fixture.storeAll()
    }
    const copies = journal.records.filter(({ bytes }) => bytes.includes('straggler'))
    expect(copies.length).toBeGreaterThan(2)
    other.settleRange(1, 1)
    await fixture.storeAll()
    // As nothing was removed, it is all there still.
    const again = await recover(journal, options)
    expect(await again.contents()).toEqual(['2/0 straggler'])
    again.log.keepOnly(new Set([1, 2]))
    expect(again.journal.records.length).toBeLessThan(journal.records.length)
    expect(await again.contents()).toEqual(['2/0 straggler'])
    expect(again.log.bytes).toBe(again.journal.bytes)
  })

  it('drops what was in queues that are no more', async () => {
    const fixture = new LogFixture()
    const message = sampleMessage('a')
    fixture.queue.enqueue(message, 0)
    fixture.other.enqueue(message, 0)
    fixture.other.enqueue(sampleMessage('b'), 1)
    await fixture.storeAll()
    const again = await recover(fixture.journal)
    expect(again.log.keepOnly(new Set([1]))).toBe(2)
    await again.storeAll()
    expect(await again.recovered()).toEqual(['1/0 a'])
    const last = await recover(again.journal)
    expect(last.log.keepOnly(new Set())).toBe(1)
    await last.storeAll()
    expect(last.journal.records).toEqual([])
  })

  it('removes what was dead already', async () => {
    const fixture = new LogFixture()
    const message = sampleMessage('a')
    fixture.queue.enqueue(message, 0)
    await fixture.storeAll()
    fixture.journal.truncates = false
    fixture.queue.settle(message, 0)
    await fixture.storeAll()
    const again = await recover(fixture.journal)
    expect(again.log.keepOnly(new Set([1]))).toBe(0)
    expect(again.journal.records).toEqual([])
    expect([again.log.bytes, again.log.liveBytes]).toEqual([0, 0])
  })

  it('keeps no message in memory', async () => {
    const fixture = new LogFixture()
    fixture.queue.enqueue(sampleMessage('a'), 0)
    await fixture.storeAll()
    const again = await recover(fixture.journal)
    expect(again.journal.reads).toEqual([])
    const [first] = await readAll(again.queue)
    const [second] = await readAll(again.queue)
    expect(again.journal.reads).toHaveLength(2)
    expect(second!.message).not.toBe(first!.message)
    expect(bodyOf(second!.message).toString()).toBe('a')
  })

  it('gives what is whole of a malformed record, and says which one it is', async () => {
    const fixture = new LogFixture()
    for (const n of [0, 1]) {
      fixture.queue.enqueue(sampleMessage(`m${n}`), n)
      await fixture.storeAll()
    }
    const [first, second] = fixture.journal.records
    const broken = Buffer.concat([first!.bytes, Buffer.of(99)])
    const again = await recover(new ManualJournal([{ ...first!, bytes: broken }, second!]))
    expect(again.logged).toEqual(['A record of the journal is malformed: its end is left out'])
    const reason = `it has an entry of kind 99 at ${broken.length - 1}`
    expect(again.fields).toEqual([{ position: first!.position, reason }])
    expect(await again.contents()).toEqual(['1/0 m0', '1/1 m1'])
  })

  it('refuses a journal that a newer program has written to', async () => {
    const journal = new ManualJournal([{ position: 1, bytes: Buffer.of(3, 7, 7) }])
    const reason = 'the journal has records of version 3, and this program reads 2 at most'
    await expect(recover(journal)).rejects.toThrow(reason)
  })
})
