import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Fifo } from '../../../src/base/fifo.ts'

type Operation =
  | { readonly do: 'push' | 'shift'; readonly count: number }
  | { readonly do: 'clear' | 'look' }
  /** Some of them, from there on; modulo how many there are. */
  | { readonly do: 'remove'; readonly from: number; readonly count: number }

// Now and then so many that the list grows to its largest segments and beyond one.
const count = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 3000 }))
const operations = fc.array(
  fc.oneof<fc.WeightedArbitrary<Operation>[]>(
    { weight: 5, arbitrary: fc.record({ do: fc.constant('push' as const), count }) },
    { weight: 5, arbitrary: fc.record({ do: fc.constant('shift' as const), count }) },
    { weight: 2, arbitrary: fc.constant({ do: 'look' as const }) },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant('remove' as const), from: fc.nat(), count }),
    },
    { weight: 1, arbitrary: fc.constant({ do: 'clear' as const }) },
  ),
  { maxLength: 40, size: 'max' },
)

it('gives back what was put in, oldest first, as an array does', () => {
  fc.assert(
    fc.property(operations, (history) => {
      const fifo = new Fifo<number>()
      let model: number[] = []
      let next = 0
      for (const operation of history) {
        if (operation.do === 'push') {
          for (let n = 0; n < operation.count; n++) {
            fifo.push(++next)
            model.push(next)
          }
        } else if (operation.do === 'shift') {
          const taken = Array.from({ length: operation.count }, () => fifo.shift())
          const expected = model.slice(0, operation.count)
          model = model.slice(operation.count)
          expect(taken.slice(0, expected.length)).toEqual(expected)
          expect(taken.slice(expected.length).every((item) => item === undefined)).toBe(true)
        } else if (operation.do === 'clear') {
          fifo.clear()
          model = []
        } else if (operation.do === 'remove') {
          const from = operation.from % (model.length + 1)
          expect(fifo.at(from)).toBe(model[from])
          const removed = model.splice(from, operation.count)
          expect(removed.map(() => fifo.removeAt(from))).toEqual(removed)
          if (from === model.length) expect(fifo.removeAt(from)).toBeUndefined()
        } else {
          expect([...fifo]).toEqual(model)
        }
        expect(fifo.length).toBe(model.length)
        expect(fifo.peek()).toBe(model[0])
      }
    }),
    { numRuns: 300 },
  )
})
