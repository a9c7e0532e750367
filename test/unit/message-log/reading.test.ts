import { describe, expect, it } from 'vitest'
import type { StoredRun } from '../../../src/message-log/queue-log.ts'
import { bodyOf, sampleMessage } from '../../support/sample-message.ts'
import { LogFixture, readAll } from './log-fixture.ts'
import { microtasks } from './manual-journal.ts'

/** A record of this is a block of its own. */
const SMALL_BLOCKS = { untidyBytes: 16_000 }
const BODY = 'b'.repeat(1000)

function sequencesOf({ messages }: StoredRun): number[] {
  return messages.map(({ sequence }) => sequence)
}

/** So many messages, a block each. */
async function fill(fixture: LogFixture, count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    fixture.queue.enqueue(sampleMessage(BODY), n)
    await fixture.storeTurn()
  }
}

describe('reading messages back', () => {
  it('gives them as they were', async () => {
    const fixture = new LogFixture()
    const { queue, log } = fixture
    const expiresAt = 2 ** 41 + 5
    const properties = { deliveryMode: 2, contentType: 'text/plain' }
    const sample = { exchange: 'ex', routingKey: 'key', properties, frameMax: 4096 }
    queue.enqueue(sampleMessage('m'.repeat(10_000), sample), 0, expiresAt)
    queue.enqueue(sampleMessage('', { routingKey: 'other' }), 1)
    queue.enqueue(sampleMessage('last', { routingKey: 'other' }), 2)
    await fixture.storeAll()
    queue.deliver(sampleMessage('last'), 2)
    const { messages, next } = await queue.read(0, 100)
    expect(next).toBe(3)
    expect(messages.map(({ delivered, expiresAt: at }) => [delivered, at])).toEqual([
      [false, expiresAt],
      [false, 0],
      [true, 0],
    ])
    const [first, second, third] = messages.map(({ message }) => message)
    expect(first!.address).toMatchObject({ exchange: 'ex', routingKey: 'key' })
    expect(third!.address).toBe(second!.address)
    expect(first!.persistent).toBe(true)
    expect(bodyOf(first!).toString()).toBe('m'.repeat(10_000))
    expect(bodyOf(second!).length).toBe(0)
    expect(first!.logEntry).toBeNull()
    expect(log.lastTicket).toBe(log.storedTicket + 1)
  })

  it('gives those of a block at a time, from one sequence to another', async () => {
    const fixture = new LogFixture()
    const { queue, other } = fixture
    for (let n = 0; n < 500; n++) {
      queue.enqueue(sampleMessage(BODY), n)
      other.enqueue(sampleMessage(BODY), n)
      if (n % 10 === 9) await fixture.storeTurn()
    }
    const run = await queue.read(3, 5)
    expect([sequencesOf(run), run.next]).toEqual([[3, 4, 5], 6])
    const first = await queue.read(0, 499)
    expect(first.next).toBeLessThan(200)
    expect(sequencesOf(first)).toEqual(Array.from({ length: first.next }, (_, n) => n))
    const all = await readAll(queue)
    expect(all.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 500 }, (_, n) => n))
  })

  it('leaves out what has gone, and goes past blocks in which nothing is left', async () => {
    const fixture = new LogFixture(undefined, SMALL_BLOCKS)
    const { queue, journal } = fixture
    await fill(fixture, 10)
    queue.settleRange(2, 6)
    queue.settle(sampleMessage(BODY), 8)
    await fixture.storeAll()
    journal.reads.length = 0
    expect(await readAll(queue)).toHaveLength(4)
    expect(journal.reads).toHaveLength(4)
    expect(await queue.read(2, 6)).toEqual({ messages: [], next: 7 })
    expect(await queue.read(8, 8)).toEqual({ messages: [], next: 9 })
    expect(journal.reads).toHaveLength(4)
  })

  it('gives nothing where there is nothing', async () => {
    const { queue } = new LogFixture()
    expect(await queue.read(0, 1000)).toEqual({ messages: [], next: 1001 })
  })

  it('waits for what is being written', async () => {
    const fixture = new LogFixture()
    const { queue, turn, journal } = fixture
    queue.enqueue(sampleMessage('a'), 0)
    turn.run()
    let run: StoredRun | undefined
    void queue.read(0, 10).then((found) => {
      run = found
    })
    await microtasks()
    expect(run).toBeUndefined()
    await journal.settle('store')
    expect(sequencesOf(run!)).toEqual([0])
  })

  it('waits for what has no record yet', async () => {
    const fixture = new LogFixture()
    const { queue } = fixture
    queue.enqueue(sampleMessage('a'), 0)
    const reading = queue.read(0, 10)
    queue.enqueue(sampleMessage('b'), 1)
    await fixture.storeAll()
    expect(sequencesOf(await reading)).toEqual([0, 1])
  })

  it('gives what is stored, and what comes after it the next time', async () => {
    const fixture = new LogFixture(undefined, SMALL_BLOCKS)
    const { queue } = fixture
    await fill(fixture, 1)
    queue.enqueue(sampleMessage('waits'), 1)
    const run = await queue.read(0, 1)
    expect([sequencesOf(run), run.next]).toEqual([[0], 1])
    const reading = queue.read(run.next, 1)
    await fixture.storeAll()
    expect(sequencesOf(await reading)).toEqual([1])
  })

  it('gives nothing when what it waited for has gone before it was written', async () => {
    const fixture = new LogFixture()
    const { queue } = fixture
    const message = sampleMessage('a')
    queue.enqueue(message, 0)
    const reading = queue.read(0, 0)
    queue.settle(message, 0)
    await fixture.storeAll()
    expect(await reading).toEqual({ messages: [], next: 1 })
  })

  it('does not give what is settled meanwhile', async () => {
    const fixture = new LogFixture()
    const { queue, journal } = fixture
    const messages = ['a', 'b', 'c'].map((body) => sampleMessage(body))
    messages.forEach((message, n) => void queue.enqueue(message, n))
    await fixture.storeAll()
    const release = journal.holdReads()
    const reading = queue.read(0, 2)
    queue.settle(messages[1]!, 1)
    await fixture.storeAll()
    await release()
    expect(sequencesOf(await reading)).toEqual([0, 2])
    const last = queue.read(0, 2)
    queue.drop()
    await fixture.storeAll()
    expect((await last).messages).toEqual([])
  })

  it('does without what the journal no longer has, when all of it has gone meanwhile', async () => {
    const fixture = new LogFixture(undefined, SMALL_BLOCKS)
    const { queue, journal } = fixture
    await fill(fixture, 3)
    const release = journal.holdReads()
    const reading = queue.read(0, 2)
    queue.settleRange(0, 0)
    await fixture.storeAll()
    expect(journal.records).toHaveLength(3)
    journal.isReadable = false
    await release()
    expect(await reading).toEqual({ messages: [], next: 1 })
  })

  it('finds what is stored elsewhere since, in its order', async () => {
    const fixture = new LogFixture(undefined, SMALL_BLOCKS)
    const { queue, other, journal } = fixture
    // Every fourth stays, and is stored again behind what came later.
    for (let n = 0; n < 40; n++) {
      queue.enqueue(sampleMessage(`${n} ${BODY}`), n)
      await fixture.storeTurn()
    }
    const first = journal.records[0]!.position
    for (let n = 0; n < 30; n++) if (n % 10 !== 0) queue.settleRange(n, n)
    await fixture.storeAll()
    for (let n = 0; n < 60; n++) {
      other.enqueue(sampleMessage(BODY), n)
      await fixture.storeTurn()
      other.settleRange(0, n)
      await fixture.storeTurn()
    }
    expect(journal.records[0]!.position).toBeGreaterThan(first + 60)
    const expected = [0, 10, 20, ...Array.from({ length: 10 }, (_, n) => 30 + n)]
    const all = await readAll(queue)
    expect(all.map(({ sequence }) => sequence)).toEqual(expected)
    expect(all.map(({ message }) => Number.parseInt(bodyOf(message).toString(), 10))).toEqual(
      expected,
    )
  })

  it('finds what is stored elsewhere while it waits', async () => {
    const fixture = new LogFixture(undefined, { untidyBytes: 500_000 })
    const { queue, other, turn, journal } = fixture
    // The straggler's block is one that still gets records when the reading begins.
    queue.enqueue(sampleMessage('straggler'), 0)
    for (let n = 0; n < 20; n++) other.enqueue(sampleMessage(BODY), n)
    await fixture.storeTurn()
    other.enqueue(sampleMessage('b'.repeat(600_000)), 20)
    turn.run()
    const reading = queue.read(0, 0)
    // When this is stored the journal is untidy, and the straggler is stored again with what follows.
    other.settleRange(0, 20)
    await fixture.storeAll()
    expect(sequencesOf(await reading)).toEqual([0])
    expect(journal.bytes).toBeLessThan(500)
  })

  it('reads a block once for all queues that ask for it', async () => {
    const fixture = new LogFixture()
    const { log, journal } = fixture
    const message = sampleMessage('b'.repeat(300_000))
    for (let id = 1; id <= 9; id++) log.queueLog(id).enqueue(message, 0)
    await fixture.storeAll()
    for (let id = 1; id <= 9; id++) {
      const run = await log.queueLog(id).read(0, 0)
      expect(sequencesOf(run)).toEqual([0])
    }
    expect(journal.reads).toHaveLength(1)
  })

  it('fails when the journal cannot be read, and not the next time when it can', async () => {
    const fixture = new LogFixture(undefined, SMALL_BLOCKS)
    const { queue, journal } = fixture
    await fill(fixture, 2)
    journal.isReadable = false
    await expect(queue.read(0, 1)).rejects.toThrow('the disk is broken')
    journal.isReadable = true
    expect(sequencesOf(await queue.read(0, 1))).toEqual([0])
  })

  it('gives what is whole of a malformed record, and says where that is', async () => {
    const fixture = new LogFixture(undefined, SMALL_BLOCKS)
    const { queue, journal } = fixture
    const messages = Array.from({ length: 3 }, (_, n) => sampleMessage(`${n} ${BODY}`))
    messages.forEach((message, n) => void queue.enqueue(message, n))
    await fixture.storeAll()
    const [record] = journal.records
    record!.bytes[record!.bytes.lastIndexOf('2 b') - 1]! ^= 0x7f
    const run = await queue.read(0, 2)
    expect([sequencesOf(run), run.next]).toEqual([[0, 1], 3])
    expect(fixture.logged).toEqual(['A record of the journal is malformed: its end is left out'])
    expect(fixture.fields).toMatchObject([{ first: record!.position, last: record!.position }])
  })

  it('settles what its record does not have any more, so that it holds up nothing', async () => {
    const fixture = new LogFixture(undefined, SMALL_BLOCKS)
    const { queue, journal, log } = fixture
    await fill(fixture, 3)
    const [first, second, third] = journal.records
    journal.records = [first!, { ...second!, bytes: Buffer.from([1]) }, third!]
    expect(sequencesOf(await queue.read(0, 2))).toEqual([0])
    expect(await queue.read(1, 2)).toEqual({ messages: [], next: 2 })
    expect(queue.count).toBe(2)
    queue.settle(sampleMessage(BODY), 0)
    await fixture.storeAll()
    expect(journal.records[0]!.position).toBeGreaterThanOrEqual(third!.position)
    expect(log.liveBytes).toBeLessThan(2 * BODY.length)
  })
})
