import { describe, expect, it } from 'vitest'
import { Departures } from '../../../src/queue/departures.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { sampleMessage } from '../../support/sample-message.ts'

const COUNT = 2500

function start(bodyBytes = 1) {
  const clock = new FakeClock()
  const left: number[] = []
  const gate = { isClosed: false }
  const departures = new Departures({
    clock,
    leave: ({ sequence }) => left.push(sequence),
    mustWait: () => gate.isClosed,
  })
  const message = sampleMessage('x'.repeat(bodyBytes))
  const places = Array.from({ length: COUNT }, (_, sequence) => ({ message, sequence }))
  return { clock, left, departures, places, gate }
}

describe('messages that are given up', () => {
  it('leave at once when they are few', () => {
    const { clock, left, departures, places } = start()
    departures.add(places.slice(0, 3), 'rejected')
    expect([left, departures.count, clock.pendingCount]).toEqual([[0, 1, 2], 0, 0])
  })

  it('leave in portions when they are many, and in order', () => {
    const { clock, left, departures, places } = start()
    departures.add(places, 'rejected')
    expect([left.length, departures.count]).toEqual([1000, 1500])
    departures.add(places.slice(0, 1), 'delivery_limit')
    expect(left).toHaveLength(1000)
    clock.advance(10)
    expect(left).toEqual([...places.map(({ sequence }) => sequence), 0])
    expect([departures.count, clock.pendingCount]).toEqual([0, 0])
  })

  it('leave in portions when they are large', () => {
    const { left, departures, places } = start(100_000)
    departures.add(places, 'rejected')
    expect(left.length).toBe(11)
  })

  it('leave in portions when they are given up one by one', () => {
    const { clock, left, departures, places } = start()
    for (const place of places) departures.add([place], 'rejected')
    expect([left.length, departures.count]).toEqual([1000, 1500])
    clock.advance(10)
    expect([left.length, departures.count, clock.pendingCount]).toEqual([2500, 0, 0])
  })

  it('leave at once when others left a while ago', () => {
    const { clock, left, departures, places } = start()
    departures.add(places.slice(0, 900), 'rejected')
    clock.advance(100)
    departures.add(places.slice(900, 1800), 'rejected')
    expect([left.length, clock.pendingCount]).toEqual([1800, 0])
  })

  it('wait while too many others are on their way', () => {
    const { clock, left, departures, places, gate } = start()
    gate.isClosed = true
    departures.add(places.slice(0, 3), 'rejected')
    clock.advance(1000)
    expect([left, departures.count]).toEqual([[], 3])
    gate.isClosed = false
    clock.advance(100)
    expect([left, departures.count, clock.pendingCount]).toEqual([[0, 1, 2], 0, 0])
  })

  it('stay when their queue goes', () => {
    const { clock, left, departures, places } = start()
    departures.add(places, 'rejected')
    departures.stop()
    clock.advance(10)
    expect([left.length, departures.count, clock.pendingCount]).toEqual([1000, 0, 0])
  })
})
