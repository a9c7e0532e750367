import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LogEntry } from '../../../src/message-log/log-entry.ts'
import { PlaceIndex } from '../../../src/message-log/place-index.ts'
import { sampleMessage } from '../../support/sample-message.ts'

const message = sampleMessage('x')
const entryAt = (sequence: number) => new LogEntry(message, 1, sequence, false)

function contentsOf(index: PlaceIndex): [number, LogEntry][] {
  const found: [number, LogEntry][] = []
  index.visit((sequence, entry) => found.push([sequence, entry]))
  return found
}

describe('the index of places', () => {
  const sequence = fc.nat({ max: 40 })
  const operation = fc.record({ isSet: fc.boolean(), sequence, count: fc.nat({ max: 10 }) })

  it('is a map in the order of its keys', () => {
    const isMap = (operations: { isSet: boolean; sequence: number; count: number }[]) => {
      const index = new PlaceIndex()
      const map = new Map<number, LogEntry>()
      for (const { isSet, sequence: from, count } of operations) {
        if (isSet) {
          const entry = entryAt(from)
          expect(index.set(from, entry)).toBe(map.get(from))
          map.set(from, entry)
        } else {
          const seen: number[] = []
          index.filter(from, count, (at, entry) => {
            expect(entry).toBe(map.get(at))
            seen.push(at)
            return at % 2 === 0
          })
          const inRun = [...map.keys()].filter((at) => at >= from && at < from + count)
          expect(seen.sort((a, b) => a - b)).toEqual(inRun.sort((a, b) => a - b))
          for (const at of inRun) if (at % 2 !== 0) map.delete(at)
        }
        expect(contentsOf(index)).toEqual([...map].sort(([a], [b]) => a - b))
      }
    }
    fc.assert(fc.property(fc.array(operation, { maxLength: 40 }), isMap), { numRuns: 500 })
  })

  it('goes through what there is, and not through a run of any length', () => {
    const index = new PlaceIndex()
    for (const at of [70, 80, 2 ** 40, 75, 90]) index.set(at, entryAt(at))
    const seen: number[] = []
    index.filter(75, 2 ** 32 - 1, (at) => {
      seen.push(at)
      return false
    })
    expect(seen).toEqual([80, 75, 90])
    expect(contentsOf(index).map(([at]) => at)).toEqual([70, 2 ** 40])
  })
})
