import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Heap } from '../../../src/base/heap.ts'

/** A number is pushed; the rest is done to the heap. */
type Operation = number | 'pop' | 'clear' | { readonly remove: number }

const operations = fc.array(
  fc.oneof<fc.WeightedArbitrary<Operation>[]>(
    { weight: 12, arbitrary: fc.integer({ min: -20, max: 20 }) },
    { weight: 8, arbitrary: fc.constant('pop' as const) },
    { weight: 4, arbitrary: fc.record({ remove: fc.integer({ min: -20, max: 20 }) }) },
    { weight: 1, arbitrary: fc.constant('clear' as const) },
  ),
  { maxLength: 200, size: 'max' },
)

it('always has the smallest first, as a sorted array does', () => {
  fc.assert(
    fc.property(operations, (history) => {
      const heap = new Heap<number>((a, b) => a < b)
      let model: number[] = []
      for (const operation of history) {
        if (operation === 'pop') {
          expect(heap.pop()).toBe(model.shift())
        } else if (operation === 'clear') {
          heap.clear()
          model = []
        } else if (typeof operation === 'object') {
          const index = model.indexOf(operation.remove)
          const [removed] = index < 0 ? [] : model.splice(index, 1)
          expect(heap.remove((item) => item === operation.remove)).toBe(removed)
        } else {
          heap.push(operation)
          model = [...model, operation].sort((a, b) => a - b)
        }
        expect(heap.length).toBe(model.length)
        expect(heap.peek()).toBe(model[0])
        expect([...heap].sort((a, b) => a - b)).toEqual(model)
      }
    }),
    { numRuns: 300 },
  )
})
