import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SpillFile } from '../../../src/store/spill/spill-file.ts'
import type { SpillSlot } from '../../../src/store/spill-store.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const MEBIBYTE = 1 << 20

type Step =
  | { readonly do: 'write'; readonly sizes: number[] }
  | { readonly do: 'read' | 'free' | 'read and free'; readonly at: number }
  | { readonly do: 'wait' }

interface Page {
  readonly slot: SpillSlot
  readonly content: Buffer
}

const size = fc.oneof(fc.nat(10_000), fc.nat(256 << 10), fc.nat(MEBIBYTE))
/** Where in the list of pages, from its start to its end. */
const at = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const steps = fc.array(
  fc.oneof<fc.WeightedArbitrary<Step>[]>(
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('write'), sizes: fc.array(size, { maxLength: 8 }) }),
    },
    {
      weight: 12,
      arbitrary: fc.record({ do: fc.constantFrom('read', 'free', 'read and free'), at }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('wait') }) },
  ),
  { minLength: 20, maxLength: 120 },
)

it('a SpillFile gives back every page as a map would, and its room when it is given up', async () => {
  const path = join(temporaryDirectory(), 'spill')
  await fc.assert(
    fc.asyncProperty(steps, async (history) => {
      const file = await SpillFile.open(path)
      const pages: Page[] = []
      let underWay: Promise<unknown>[] = []
      let serial = 0
      let mostBytes = 0

      const write = async (size: number): Promise<void> => {
        const content = Buffer.alloc(size, `page ${++serial}, `)
        const half = size >> 1
        const slot = await file.write([content.subarray(0, half), content.subarray(half)])
        pages.push({ slot, content })
        mostBytes = Math.max(mostBytes, file.bytes)
      }
      const read = async ({ slot, content }: Page): Promise<void> => {
        expect((await file.read(slot))?.equals(content)).toBe(true)
      }
      for (const step of history) {
        const index = 'at' in step ? Math.floor(step.at * pages.length) : 0
        const page = pages[index]
        if (step.do === 'wait') {
          await Promise.all(underWay)
          underWay = []
          expect(overlaps(pages)).toEqual([])
          if (existsSync(path))
            expect(statSync(path).size).toBeLessThan(2 * mostBytes + 2 * MEBIBYTE)
        } else if (step.do === 'write') {
          for (const size of step.sizes) underWay.push(write(size))
        } else if (page !== undefined) {
          if (step.do !== 'free') underWay.push(read(page))
          if (step.do === 'read') continue
          file.free(page.slot)
          pages.splice(index, 1)
        }
      }
      await Promise.all(underWay)
      for (const page of pages) await read(page)
      for (const { slot } of pages) file.free(slot)
      expect(file.bytes).toBe(0)
      if (existsSync(path)) await expect.poll(() => statSync(path).size).toBe(0)
      await file.close()
      expect(existsSync(path)).toBe(false)
    }),
    { numRuns: 60 },
  )
})

function overlaps(pages: readonly Page[]): SpillSlot[] {
  const slots = pages.map(({ slot }) => slot).toSorted((a, b) => a.offset - b.offset)
  return slots.filter(({ offset }, index) => {
    const before = slots[index - 1]
    return before !== undefined && before.size > 0 && before.offset + before.size > offset
  })
}
