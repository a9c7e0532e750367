import { describe, expect, it } from 'vitest'
import { StreamFixture } from './stream-fixture.ts'

const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => `${index}`)

describe('a stream that is read', () => {
  it('shows nothing that is not stored yet', async () => {
    const fixture = await StreamFixture.open()
    const consumer = fixture.consume({})
    fixture.publish('0')
    await fixture.read()
    fixture.turn.run()
    await fixture.read()
    expect(consumer.bodies).toEqual([])
    await fixture.store()
    expect(consumer.bodies).toEqual(['0'])
  })

  it('is read from the journal once for all who are near', async () => {
    const before = await StreamFixture.open()
    before.publish(...numbers(1000))
    await before.store()
    const fixture = await before.reopen()
    const consumers = numbers(10).map(() => fixture.consume({ 'x-stream-offset': 'first' }, 100))
    await fixture.read()
    for (const consumer of consumers) await fixture.drain(consumer)
    for (const { bodies } of consumers) expect(bodies).toEqual(numbers(1000))
    expect(fixture.journal.reads.length).toBe(1)
  })

  it('is not read from the journal by those who follow', async () => {
    const fixture = await StreamFixture.open()
    const consumers = numbers(3).map(() => fixture.consume({}, 5))
    for (const body of numbers(40)) {
      fixture.publish(body)
      await fixture.store()
      // They lag behind, but not far.
      if (Number(body) % 4 === 3) for (const consumer of consumers) await fixture.drain(consumer)
    }
    for (const { bodies } of consumers) expect(bodies).toEqual(numbers(40))
    expect(fixture.journal.reads).toEqual([])
  })

  it('has little in memory, however many read it at however different places', async () => {
    const fixture = await StreamFixture.open({ budgetBytes: 2_000_000 })
    for (let round = 0; round < 40; round++) {
      fixture.publish(...numbers(200).map((body) => body.padEnd(1000)))
      await fixture.store()
    }
    let most = 0
    const consumers = numbers(200).map((number) =>
      fixture.consume({ 'x-stream-offset': Number(number) * 40 }, 7),
    )
    for (let round = 0; round < 3; round++) {
      for (const consumer of consumers) {
        fixture.stream.acknowledge(consumer.unacked.splice(0))
        fixture.stream.resume(consumer)
      }
      await fixture.read()
      most = Math.max(most, fixture.budget.usedBytes)
    }
    expect(most).toBeLessThan(2_000_000)
    for (const [index, { offsets }] of consumers.entries()) {
      expect(offsets).toEqual(offsets.map((_, n) => index * 40 + n))
      expect(offsets.length).toBeGreaterThan(7)
    }
  })

  it('has nothing in memory when it is idle', async () => {
    const fixture = await StreamFixture.open()
    const consumer = fixture.consume({}, 3)
    fixture.publish(...numbers(10))
    await fixture.store()
    expect(fixture.budget.usedBytes).toBeGreaterThan(0)
    fixture.clock.advance(10_000)
    expect(fixture.budget.usedBytes).toBe(0)
    expect(fixture.clock.pendingCount).toBe(0)
    await fixture.drain(consumer)
    expect(consumer.bodies).toEqual(numbers(10))
  })

  it('tries again when the journal could not be read', async () => {
    const before = await StreamFixture.open()
    before.publish('0', '1')
    await before.store()
    const fixture = await before.reopen()
    fixture.journal.isReadable = false
    const consumer = fixture.consume({ 'x-stream-offset': 'first' })
    await fixture.read()
    expect(consumer.bodies).toEqual([])
    fixture.journal.isReadable = true
    fixture.clock.advance(1000)
    await fixture.read()
    expect(consumer.bodies).toEqual(['0', '1'])
  })

  it('ends for all when it is deleted, even while it is read', async () => {
    const before = await StreamFixture.open()
    before.publish('0')
    await before.store()
    const fixture = await before.reopen()
    const release = fixture.journal.holdReads()
    const consumer = fixture.consume({ 'x-stream-offset': 'first' })
    fixture.stream.delete()
    await release()
    await fixture.store()
    expect(consumer).toMatchObject({ isCancelled: true, bodies: [] })
    expect(fixture.budget.usedBytes).toBe(0)
    expect(fixture.log.count).toBe(0)
  })
})
