import { describe, expect, test } from 'vitest'
import { Ledger, type Subscription } from '../../../src/load/ledger.ts'

const RUN = 7

describe('The ledger', () => {
  test('finds nothing wrong when every message arrives once and in order', () => {
    expect(faultsOf([0, 1, 2, 3])).toEqual([])
  })

  test('finds a message that was lost', () => {
    expect(faultsOf([0, 1, 3])).toEqual(['1 missing in the order', '1 lost'])
  })

  test('finds a message that was lost at the end', () => {
    expect(faultsOf([0, 1, 2])).toEqual(['1 lost'])
  })

  test('finds a message that came twice', () => {
    expect(faultsOf([0, 1, 1, 2, 3])).toEqual(['1 out of order', '1 duplicated'])
  })

  test('finds messages in the wrong order', () => {
    expect(faultsOf([0, 2, 1, 3])).toEqual(['1 missing in the order', '1 out of order'])
  })

  test('finds a lost message that another one, twice, makes up for in number', () => {
    expect(faultsOf([0, 1, 1, 3])).toContain('1 not the messages sent')
  })

  test('lets a redelivered message come out of order', () => {
    const { ledger, to } = oneQueue()
    for (const sequence of [0, 1, 2]) ledger.arrived(to, RUN, 0, sequence, false)
    ledger.arrived(to, RUN, 0, 1, true)
    expect(ledger.faults()).toEqual([])
  })

  test('does not expect one of several consumers of a queue to see every message', () => {
    const ledger = new Ledger(1, 1, RUN)
    const first = ledger.subscription(0, false)
    const second = ledger.subscription(0, false)
    for (const sequence of [0, 2]) ledger.arrived(first, RUN, 0, sequence, false)
    for (const sequence of [1, 3]) ledger.arrived(second, RUN, 0, sequence, false)
    ledger.settle(0, 0, 4)
    expect(ledger.faults()).toEqual([])
  })

  test('lets messages with priorities overtake each other, and misses those that do not come', () => {
    const ledger = new Ledger(1, 1, RUN)
    const to = ledger.subscription(0, true, true)
    for (const sequence of [2, 0, 3]) ledger.arrived(to, RUN, 0, sequence, false)
    ledger.settle(0, 0, 4)
    expect(ledger.faults()).toEqual(['1 lost'])
  })

  test('does not take messages of another run for its own', () => {
    const { ledger, to } = oneQueue()
    ledger.arrived(to, RUN + 1, 0, 0, false)
    ledger.settle(0, 0, 0)
    expect(ledger.faults()).toEqual(['1 from another run'])
  })
})

function faultsOf(sequences: number[]): string[] {
  const { ledger, to } = oneQueue()
  for (const sequence of sequences) ledger.arrived(to, RUN, 0, sequence, false)
  ledger.settle(0, 0, 4)
  return ledger.faults()
}

function oneQueue(): { ledger: Ledger; to: Subscription } {
  const ledger = new Ledger(1, 1, RUN)
  return { ledger, to: ledger.subscription(0, true) }
}
