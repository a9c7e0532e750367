import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SequenceSet } from '../../../src/message-log/sequence-set.ts'

/** As many as a part of the set has that is kept together. */
const CHUNK = 4096
const FAR = 2 ** 47

/** Near the borders of what is kept together, and very far. */
const sequence = fc
  .tuple(fc.constantFrom(0, CHUNK, 2 * CHUNK, 9 * CHUNK, FAR), fc.integer({ min: -40, max: 40 }))
  .map(([border, distance]) => Math.max(0, border + distance))

type Operation =
  | { readonly do: 'add' | 'delete' | 'next'; readonly sequence: number }
  | {
      readonly do: 'addRun' | 'deleteRange' | 'count'
      readonly sequence: number
      readonly length: number
    }

const single = fc.record({
  do: fc.constantFrom('add' as const, 'delete' as const, 'next' as const),
  sequence,
})
const several = fc.record({
  do: fc.constantFrom('addRun' as const, 'deleteRange' as const, 'count' as const),
  sequence,
  length: fc.oneof(fc.integer({ min: 0, max: 60 }), fc.constantFrom(CHUNK, 2 * CHUNK + 3)),
})
const operations: fc.Arbitrary<Operation[]> = fc.array(
  fc.oneof({ weight: 3, arbitrary: single }, { weight: 1, arbitrary: several }),
  { maxLength: 40 },
)

function perform(operation: Operation, set: SequenceSet, model: Set<number>): void {
  const from = operation.sequence
  switch (operation.do) {
    case 'add':
      expect(set.add(from)).toBe(!model.has(from))
      model.add(from)
      break
    case 'delete':
      expect(set.delete(from)).toBe(model.delete(from))
      break
    case 'next':
      expect(set.next(from)).toBe(sorted(model).find((at) => at >= from))
      break
    case 'addRun':
      for (let at = from; at < from + operation.length; at++) {
        set.add(at)
        model.add(at)
      }
      break
    case 'deleteRange': {
      const to = from + operation.length - 1
      const deleted = [...model].filter((at) => at >= from && at <= to)
      for (const at of deleted) model.delete(at)
      expect(set.deleteRange(from, to)).toBe(deleted.length)
      break
    }
    case 'count': {
      const to = from + operation.length - 1
      const counted = [...model].filter((at) => at >= from && at <= to)
      expect(set.countBetween(from, to)).toBe(counted.length)
      break
    }
    default:
      operation satisfies never
  }
}

function sorted(model: Set<number>): number[] {
  return [...model].sort((a, b) => a - b)
}

function contentsOf(set: SequenceSet): number[] {
  const found: number[] = []
  for (let at = set.next(0); at !== undefined; at = set.next(at + 1)) found.push(at)
  return found
}

describe('a set of sequences', () => {
  it('has what was added and not deleted, in order', () => {
    const isSet = (history: Operation[]) => {
      const set = new SequenceSet()
      const model = new Set<number>()
      for (const operation of history) {
        perform(operation, set, model)
        expect(set.count).toBe(model.size)
        const { sequence: at } = operation
        for (const near of [at - 1, at, at + 1]) {
          if (near >= 0) expect(set.has(near)).toBe(model.has(near))
        }
      }
      expect(contentsOf(set)).toEqual(sorted(model))
    }
    fc.assert(fc.property(operations, isSet), { numRuns: 400 })
  })

  it('deletes everything at once', () => {
    const set = new SequenceSet()
    for (let at = 10; at < 20_000; at++) set.add(at)
    set.add(FAR)
    expect(set.deleteRange(0, Number.MAX_SAFE_INTEGER)).toBe(19_991)
    expect([set.count, set.next(0)]).toEqual([0, undefined])
    expect(set.add(15)).toBe(true)
    expect(contentsOf(set)).toEqual([15])
  })
})
