import { describe, expect, it } from 'vitest'
import { parseAge } from '../../../src/stream/age.ts'
import { sampleMessage } from '../../support/sample-message.ts'
import { StreamFixture } from './stream-fixture.ts'

const KILOBYTE = 1024
const large = (name: string): string => name.padEnd(10 * KILOBYTE)
const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => large(`${from + index}`))

describe('an age', () => {
  it.each([
    ['1s', 1000],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['007D', 7 * 86_400_000],
    ['1M', 30 * 86_400_000],
    ['1Y', 365 * 86_400_000],
    ['0s', undefined],
    ['1', undefined],
    ['s', undefined],
    ['-1s', undefined],
    ['1.5h', undefined],
    ['1 h', undefined],
    ['1hh', undefined],
    ['', undefined],
  ])('%o', (age, expected) => {
    expect(parseAge(age)).toBe(expected)
  })
})

describe('a stream that is to be no larger', () => {
  const args = { 'x-max-length-bytes': 200 * KILOBYTE, 'x-stream-max-segment-size-bytes': 1 }

  it('removes its oldest segments, and never the last', async () => {
    const fixture = await StreamFixture.open({ arguments: args })
    fixture.publish(...numbers(0, 100))
    await fixture.store()
    const { stream } = fixture
    expect(stream.readyCount).toBeLessThanOrEqual(20)
    expect(stream.readyCount).toBeGreaterThanOrEqual(12)
    const consumer = fixture.consume({ 'x-stream-offset': 'first' })
    await fixture.read()
    expect(consumer.offsets[0]).toBe(stream.firstOffset)
    expect(consumer.offsets.at(-1)).toBe(99)
    expect(consumer.offsets.length).toBe(stream.readyCount)
  })

  it('keeps at least a segment of what is larger than that', async () => {
    const fixture = await StreamFixture.open({ arguments: { ...args, 'x-max-length-bytes': 0 } })
    fixture.publish('x'.repeat(100 * KILOBYTE), 'y'.repeat(100 * KILOBYTE))
    expect(fixture.stream.readyCount).toBe(1)
    expect(fixture.stream.firstOffset).toBe(1)
  })

  it('goes on where it was after a restart', async () => {
    const before = await StreamFixture.open({ arguments: args })
    before.publish(...numbers(0, 50))
    await before.store()
    const { firstOffset, bytes } = before.stream
    const after = await before.reopen()
    expect(after.stream.firstOffset).toBe(firstOffset)
    expect(after.stream.bytes).toBe(bytes)
    after.publish(...numbers(50, 100))
    await after.store()
    expect(after.stream.bytes).toBeLessThanOrEqual(200 * KILOBYTE)
    expect(after.stream.firstOffset + after.stream.readyCount).toBe(100)
  })

  it('has all of it after a restart that a policy lets it keep', async () => {
    const policy = new Map([['max-length-bytes', 10_000 * KILOBYTE]])
    const before = await StreamFixture.open({ arguments: args, policy })
    before.publish(...numbers(0, 50))
    await before.store()
    expect((await before.reopen()).stream.readyCount).toBe(50)
  })

  it('takes a reader along that is too slow', async () => {
    const fixture = await StreamFixture.open({ arguments: args })
    fixture.publish(...numbers(0, 10))
    await fixture.store()
    const consumer = fixture.consume({ 'x-stream-offset': 'first' }, 1)
    await fixture.read()
    fixture.publish(...numbers(10, 100))
    await fixture.store()
    await fixture.drain(consumer)
    expect(consumer.offsets.slice(0, 2)).toEqual([0, fixture.stream.firstOffset])
    expect(consumer.offsets.at(-1)).toBe(99)
  })
})

describe('a stream that is to be no older', () => {
  const HOUR_MS = 3_600_000

  it('removes what is, though nothing is published', async () => {
    const fixture = await StreamFixture.open({ arguments: { 'x-max-age': '1h' } })
    for (let minute = 0; minute < 60; minute++) {
      fixture.publish(`${minute}`)
      fixture.clock.advance(HOUR_MS / 60)
    }
    expect(fixture.stream.firstOffset).toBe(0)
    fixture.clock.advance(HOUR_MS / 2)
    expect(fixture.stream.firstOffset).toBeGreaterThanOrEqual(24)
    expect(fixture.stream.firstOffset).toBeLessThanOrEqual(30)
  })

  it('keeps the last message, so that offsets go on', async () => {
    const fixture = await StreamFixture.open({ arguments: { 'x-max-age': '1h' }, untidyBytes: 100 })
    fixture.publish('0', '1', '2')
    await fixture.store()
    fixture.clock.advance(2 * HOUR_MS)
    for (let turn = 0; turn < 5; turn++) {
      fixture.other.enqueue(sampleMessage('another'), turn)
      await fixture.store()
      fixture.other.settleRange(0, turn)
      await fixture.store()
    }
    expect(fixture.stream.readyCount).toBe(1)
    const again = await fixture.reopen()
    expect(again.stream.firstOffset).toBe(2)
    again.publish('3')
    await again.store()
    const consumer = again.consume({ 'x-stream-offset': 'first' })
    await again.read()
    expect(consumer.offsets).toEqual([2, 3])
    expect(consumer.bodies).toEqual(['2', '3'])
  })

  it('may be told so by a policy, and told otherwise', async () => {
    const fixture = await StreamFixture.open()
    fixture.publish('0', '1')
    await fixture.store()
    fixture.clock.advance(2 * HOUR_MS)
    fixture.publish('2')
    fixture.stream.applyPolicy(new Map([['max-age', '3h']]))
    expect(fixture.stream.readyCount).toBe(3)
    fixture.stream.applyPolicy(new Map())
    fixture.clock.advance(2 * HOUR_MS)
    expect(fixture.stream.readyCount).toBe(3)
    fixture.stream.applyPolicy(new Map([['max-age', '1h']]))
    expect(fixture.stream.readyCount).toBe(1)
  })

  it('finds messages by the time at which they came, after a restart too', async () => {
    const before = await StreamFixture.open()
    for (let minute = 0; minute < 10; minute++) {
      before.publish(`${minute}`)
      await before.store()
      before.clock.advance(60_000)
    }
    const after = await before.reopen()
    for (const fixture of [before, after]) {
      const consumer = fixture.consume({ 'x-stream-offset': '3m' })
      await fixture.read()
      expect(consumer.bodies).toEqual(['7', '8', '9'])
    }
  })

  it('does not count time that was set back', async () => {
    const fixture = await StreamFixture.open({ arguments: { 'x-max-age': '1h' } })
    fixture.publish('0')
    const wallTime = fixture.clock.wallTime()
    fixture.clock.wallTime = () => wallTime - HOUR_MS
    fixture.publish('1')
    await fixture.store()
    fixture.clock.wallTime = () => wallTime + HOUR_MS / 2
    fixture.clock.advance(60_000)
    expect(fixture.stream.readyCount).toBe(2)
  })
})
