// Sequences in runs against a list of them.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SequenceRuns } from '../../../src/queue/sequence-runs.ts'

type Step =
  /** So many, that far behind the last one. */
  | {
      readonly do: 'push'
      readonly count: number
      readonly gap: number
      readonly delivered: boolean
      readonly expiresAt: number
    }
  | { readonly do: 'shift'; readonly count: number }
  /** The one that so many stand before, modulo how many there are; and the sequence behind all. */
  | { readonly do: 'delete'; readonly index: number }
  | { readonly do: 'clear' }

const usually = (arbitrary: fc.Arbitrary<number>) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary })
const count = fc.integer({ min: 1, max: 6 })
const steps = fc.array(
  fc.oneof<fc.WeightedArbitrary<Step>[]>(
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constant('push' as const),
        count,
        gap: usually(fc.nat({ max: 3 })),
        delivered: fc.boolean(),
        expiresAt: usually(fc.nat({ max: 2 })),
      }),
    },
    { weight: 8, arbitrary: fc.record({ do: fc.constant('shift' as const), count }) },
    {
      weight: 8,
      arbitrary: fc.record({ do: fc.constant('delete' as const), index: fc.nat({ max: 40 }) }),
    },
    { weight: 1, arbitrary: fc.constant({ do: 'clear' as const }) },
  ),
  { maxLength: 100, size: 'max' },
)

it('gives back every sequence, whether it was delivered and when it expires, as a list does', () => {
  fc.assert(
    fc.property(steps, fc.constantFrom(1, 2, 5, 512), (history, blockRuns) => {
      const runs = new SequenceRuns(blockRuns)
      let list: { sequence: number; delivered: boolean; expiresAt: number }[] = []
      let next = 0
      for (const step of history) {
        if (step.do === 'push') {
          next += step.gap
          for (let n = 0; n < step.count; n++) {
            const { delivered, expiresAt } = step
            list.push({ sequence: next, delivered, expiresAt })
            runs.push(next++, delivered, expiresAt)
          }
        } else if (step.do === 'shift') {
          for (let n = Math.min(step.count, list.length); n > 0; n--) {
            list.shift()
            runs.shift()
          }
        } else if (step.do === 'delete') {
          const index = step.index % Math.max(1, list.length)
          const deleted = list[index]?.sequence ?? next
          const isThere = list.length > 0
          expect(runs.delete(deleted)).toBe(isThere ? index : -1)
          list.splice(index, 1)
          expect(runs.delete(deleted)).toBe(-1)
        } else {
          list = []
          runs.clear()
        }
        const middle = Math.floor(list.length / 2)
        expect(runs.at(middle)).toBe(list[middle]?.sequence)
        expect([...runs.from(list[middle]?.sequence ?? 0)]).toEqual(
          list.map((one, index) => ({ index, ...one })).slice(middle),
        )
        const [first] = list
        if (first === undefined) continue
        const { next: sequence, delivered, expiresAt } = runs.first
        expect({ sequence, delivered, expiresAt }).toEqual(first)
      }
    }),
    { numRuns: 600 },
  )
})
