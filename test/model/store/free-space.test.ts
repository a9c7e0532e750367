import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FreeSpace } from '../../../src/store/spill/free-space.ts'

/** Takes so much, or gives back the piece that is at this share of those that are taken. */
type Step = { readonly take: number } | { readonly giveAt: number }

const sizes = fc.oneof(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 100 }))
const steps = fc.array(
  fc.oneof<fc.Arbitrary<Step>[]>(
    fc.record({ take: sizes }),
    fc.record({ giveAt: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }) }),
  ),
  { maxLength: 300 },
)

describe('FreeSpace', () => {
  it('never gives out what is taken, uses the first room there is, and knows its end', () => {
    fc.assert(
      fc.property(steps, (history) => {
        const space = new FreeSpace()
        const taken: { readonly start: number; readonly size: number }[] = []
        /** One for each address, whether it is taken. */
        const map: boolean[] = []
        const mark = (start: number, size: number, isTaken: boolean): void => {
          for (let at = start; at < start + size; at++) {
            expect(map[at] ?? false).toBe(!isTaken)
            map[at] = isTaken
          }
        }
        for (const step of history) {
          if ('take' in step) {
            const start = space.take(step.take)
            expect(start).toBe(firstRoom(map, step.take))
            mark(start, step.take, true)
            taken.push({ start, size: step.take })
          } else {
            const [piece] = taken.splice(Math.floor(step.giveAt * taken.length), 1)
            if (piece === undefined) continue
            space.give(piece.start, piece.size)
            mark(piece.start, piece.size, false)
          }
          expect(space.end).toBe(map.lastIndexOf(true) + 1)
          expect(space.takenBytes).toBe(map.filter((isTaken) => isTaken).length)
        }
      }),
    )
  })

  it('takes little more than is taken at most, when pieces of all sizes come and go', () => {
    fc.assert(
      fc.property(fc.infiniteStream(sizes), fc.infiniteStream(fc.nat()), (pieces, choices) => {
        const space = new FreeSpace()
        const taken: { readonly start: number; readonly size: number }[] = []
        let most = 0
        for (let round = 0; round < 2000; round++) {
          const size = pieces.next().value as number
          taken.push({ start: space.take(size), size })
          most = Math.max(most, space.takenBytes)
          if (taken.length < 100) continue
          const [piece] = taken.splice((choices.next().value as number) % taken.length, 1)
          if (piece !== undefined) space.give(piece.start, piece.size)
        }
        expect(space.end).toBeLessThan(1.5 * most)
      }),
      { numRuns: 20 },
    )
  })
})

function firstRoom(map: readonly boolean[], size: number): number {
  let free = 0
  for (const [at, isTaken] of map.entries()) {
    free = isTaken ? 0 : free + 1
    if (free === size) return at + 1 - size
  }
  // What is behind the map is free, too.
  return map.length - free
}
