import { describe, expect, it } from 'vitest'
import { sampleMessage } from '../../support/sample-message.ts'
import { LogFixture, recover } from './log-fixture.ts'
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

    const { again, found, messages: recovered } = await recover(fixture.journal)
    const inQueue = [0, 2, 3, 4, 5].map((n) => `1/${n} m${n}`)
    const inOther = [0, 1, 2, 3, 4, 5].map((n) => `2/${n} m${n}${n === 2 ? ' again' : ''}`)
    expect(found).toEqual([...inQueue, ...inOther])
    expect(new Set(recovered).size).toBe(6)
    expect([again.log.bytes, again.log.liveBytes]).toEqual([
      fixture.log.bytes,
      fixture.log.liveBytes,
    ])

    for (const [index, sequence] of [0, 2, 3, 4, 5].entries()) {
      again.queue.settle(recovered[index]!, sequence)
    }
    await again.storeAll()
    expect(await again.recovered()).toEqual(inOther)
  })

  it('settles what was in queues that are no more', async () => {
    const fixture = new LogFixture()
    const message = sampleMessage('a')
    fixture.queue.enqueue(message, 0)
    fixture.other.enqueue(message, 0)
    fixture.other.enqueue(sampleMessage('b'), 1)
    await fixture.storeAll()
    const { again } = await recover(fixture.journal, (queueId) => queueId !== 2)
    await again.storeAll()
    expect(await again.recovered()).toEqual(['1/0 a'])
    const { again: last } = await recover(again.journal, () => false)
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
    const { again, found } = await recover(fixture.journal)
    expect(found).toEqual([])
    expect(again.journal.records).toEqual([])
  })

  it('gives what is whole of a malformed record, and says which one it is', async () => {
    const fixture = new LogFixture()
    for (const n of [0, 1]) {
      fixture.queue.enqueue(sampleMessage(`m${n}`), n)
      await fixture.storeAll()
    }
    const [first, second] = fixture.journal.records
    const broken = Buffer.concat([first!.bytes, Buffer.of(99)])
    const journal = new ManualJournal([{ ...first!, bytes: broken }, second!])
    const { again, found } = await recover(journal)
    expect(found).toEqual(['1/0 m0', '1/1 m1'])
    expect(again.logged).toEqual(['A record of the journal is malformed: its end is left out'])
    const reason = `it has an entry of kind 99 at ${broken.length - 1}`
    expect(again.fields).toEqual([{ position: first!.position, reason }])
  })

  it('refuses a journal that a newer program has written to', async () => {
    const journal = new ManualJournal([{ position: 1, bytes: Buffer.of(2, 7, 7) }])
    const reason = 'the journal has records of version 2, and this program reads 1 at most'
    await expect(recover(journal)).rejects.toThrow(reason)
  })
})
