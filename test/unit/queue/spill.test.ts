import { beforeEach, describe, expect, it } from 'vitest'
import { PAGE_BYTES, Page } from '../../../src/queue/page.ts'
import { Spill } from '../../../src/queue/spill.ts'
import { sampleMessage } from '../../support/sample-message.ts'
import { ManualSpillStore } from './manual-spill-store.ts'

const MIB = 1024 * 1024

let store: ManualSpillStore
let behind: boolean[]
let spill: Spill

beforeEach(() => {
  store = new ManualSpillStore()
  behind = []
  spill = new Spill(store, (isBehind) => behind.push(isBehind))
})

function sealedPage(memory: Buffer, body = 'x'): Page {
  const page = new Page(0, memory)
  page.add(sampleMessage(body), 0, 0, false)
  page.seal()
  return page
}

const largePage = (): Page => sealedPage(Buffer.alloc(4096), 'x'.repeat(MIB))

describe('the memory of pages', () => {
  it('is used again when a page was stored', async () => {
    const memory = spill.memory(PAGE_BYTES)
    const writing = spill.write(sealedPage(memory))
    expect(spill.memory(PAGE_BYTES)).not.toBe(memory)
    await store.endWrite()
    await writing
    expect(spill.memory(PAGE_BYTES)).toBe(memory)
    expect(spill.memory(PAGE_BYTES)).not.toBe(memory)
  })

  it('is not used again when a page could not be stored: it is still there', async () => {
    const memory = spill.memory(PAGE_BYTES)
    const writing = spill.write(sealedPage(memory))
    const refused = expect(writing).rejects.toThrow('no space')
    await store.endWrite('refuse')
    await refused
    expect(spill.memory(PAGE_BYTES)).not.toBe(memory)
  })

  it('is used again for pages of the usual size only', async () => {
    for (const bytes of [4096, PAGE_BYTES + 1]) {
      const memory = spill.memory(bytes)
      expect(memory).toHaveLength(bytes)
      const writing = spill.write(sealedPage(memory))
      await store.endWrite()
      await writing
      expect(spill.memory(bytes)).not.toBe(memory)
    }
    expect(spill.memory(PAGE_BYTES)).toHaveLength(PAGE_BYTES)
  })

  it('is kept of some pages, and not of thousands', async () => {
    const memories = Array.from({ length: 100 }, () => spill.memory(PAGE_BYTES))
    const writing = memories.map((memory) => spill.write(sealedPage(memory)))
    await store.settle()
    await Promise.all(writing)
    const again = memories.map(() => spill.memory(PAGE_BYTES))
    const kept = again.filter((memory) => memories.includes(memory))
    expect(kept).toHaveLength(32)
    expect(new Set(kept).size).toBe(32)
  })
})

describe('pages', () => {
  it('are given back as they were written, until they are given up', async () => {
    const page = sealedPage(Buffer.alloc(4096), 'the body')
    const expected = Buffer.concat(page.parts)
    const writing = spill.write(page)
    await store.endWrite()
    const slot = await writing
    for (let times = 0; times < 2; times++) {
      const reading = spill.read(slot)
      await store.endRead()
      expect(await reading).toEqual(expected)
    }
    spill.free(slot)
    expect(store.bytes).toBe(0)
  })
})

describe('a store that does not keep up', () => {
  it('is said to be behind once, and once that it has caught up', async () => {
    const writing = Array.from({ length: 8 }, () => spill.write(largePage()))
    expect(behind).toEqual([true])
    await store.endWrite()
    expect(behind).toEqual([true, false])
    writing.push(spill.write(largePage()), spill.write(largePage()))
    expect(behind).toEqual([true, false, true])
    await store.settle()
    expect(behind).toEqual([true, false, true, false])
    await Promise.all(writing)
  })

  it('is not behind with what it has refused', async () => {
    const writing = Array.from({ length: 9 }, () => spill.write(largePage()))
    const refused = Promise.allSettled(writing)
    while (store.writeCount > 0) await store.endWrite('refuse')
    expect((await refused).map(({ status }) => status)).toEqual(writing.map(() => 'rejected'))
    expect(behind).toEqual([true, false])
  })
})
