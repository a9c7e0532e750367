import { describe, expect, it } from 'vitest'
import { type Block, BlockChain } from '../../../src/message-log/block-chain.ts'

const UNTIDY_BYTES = 16_000
const BLOCK_BYTES = 1000

/** Puts records behind the others, at positions that follow each other. */
class Records {
  readonly chain: BlockChain = new BlockChain(UNTIDY_BYTES)
  #position = 0

  add(bytes: number, live = 1): Block {
    const block = this.chain.begin(bytes)
    this.chain.grow(block, live, live > 0 ? bytes : 0)
    this.chain.stored(block, ++this.#position)
    return block
  }
}

describe('blocks', () => {
  it('get records until they are large enough', () => {
    const records = new Records()
    const first = records.add(500)
    expect(records.add(499)).toBe(first)
    expect(first.isOpen).toBe(true)
    expect(records.add(1)).toBe(first)
    expect(first).toMatchObject({ first: 1, last: 3, bytes: BLOCK_BYTES, live: 3, isOpen: false })
    const second = records.add(50_000)
    expect(second).not.toBe(first)
    expect(second).toMatchObject({ first: 4, last: 4, isOpen: false })
    expect(records.add(1)).not.toBe(second)
    expect([records.chain.bytes, records.chain.liveBytes]).toEqual([51_001, 51_001])
  })

  it('are removed from the front when nothing in them lives', () => {
    const records = new Records()
    const { chain } = records
    const blocks = Array.from({ length: 4 }, () => records.add(BLOCK_BYTES))
    chain.shrink(blocks[1]!, 1)
    expect(chain.takeDead(0)).toBeUndefined()
    chain.shrink(blocks[0]!, 1)
    expect(chain.takeDead(0)).toBe(2)
    expect(chain.takeDead(0)).toBeUndefined()
    chain.shrink(blocks[2]!, 1)
    chain.shrink(blocks[3]!, 1)
    expect(chain.takeDead(0)).toBe(4)
    expect([chain.bytes, chain.liveBytes]).toEqual([0, 0])
  })

  it('are not removed before that is stored which has come in the place of what they had', () => {
    const records = new Records()
    const { chain } = records
    const [first, second] = Array.from({ length: 2 }, () => records.add(BLOCK_BYTES))
    chain.shrink(second!, 1, 8)
    chain.shrink(first!, 1, 7)
    expect(chain.takeDead(6)).toBeUndefined()
    expect(chain.takeDead(7)).toBe(1)
    expect(chain.takeDead(8)).toBe(2)
  })

  it('are not removed while a record of theirs is being written', () => {
    const chain = new BlockChain(UNTIDY_BYTES)
    const block = chain.begin(10)
    expect(chain.begin(10)).toBe(block)
    chain.stored(block, 5)
    expect(chain.takeDead(0)).toBeUndefined()
    chain.stored(block, 6)
    expect(chain.takeDead(0)).toBe(6)
    // What is removed gets no more records.
    expect(chain.begin(10)).not.toBe(block)
  })

  it('need about as many bytes as are left of their places', () => {
    const chain = new BlockChain(UNTIDY_BYTES)
    const block = chain.begin(1000)
    chain.grow(block, 3, 1000)
    chain.shrink(block, 1)
    expect(block).toMatchObject({ live: 2, liveBytes: 667 })
    chain.shrink(block, 1)
    expect(block).toMatchObject({ live: 1, liveBytes: 334 })
    chain.shrink(block, 1)
    expect(block).toMatchObject({ live: 0, liveBytes: 0 })
    expect(chain.liveBytes).toBe(0)
  })
})

describe('the front of the chain', () => {
  it('is a block, or as many as were asked for', () => {
    const records = new Records()
    const blocks = Array.from({ length: 5 }, () => records.add(BLOCK_BYTES))
    expect(records.chain.closeFront(0)).toEqual(blocks.slice(0, 1))
    expect(records.chain.closeFront(BLOCK_BYTES * 2 + 1)).toEqual(blocks.slice(0, 3))
    expect(records.chain.closeFront(1e9)).toEqual(blocks)
  })

  it('has none that is being written, and gets no more records', () => {
    const records = new Records()
    const { chain } = records
    const first = records.add(10)
    expect(chain.closeFront(1e9)).toEqual([first])
    expect(first.isOpen).toBe(false)
    const second = chain.begin(10)
    expect(second).not.toBe(first)
    expect(chain.closeFront(1e9)).toEqual([first])
    expect(second.isOpen).toBe(true)
  })
})

describe('records that cost more than their bytes', () => {
  it('fill blocks sooner, and make a chain untidy of which little is needed', () => {
    const chain = new BlockChain(UNTIDY_BYTES, BLOCK_BYTES / 4)
    const first = chain.begin(10)
    for (let more = 1; more < 4; more++) expect(chain.begin(10)).toBe(first)
    expect(first).toMatchObject({ bytes: 40, cost: BLOCK_BYTES + 40, isOpen: false })
    for (let more = 4; more < 61; more++) chain.begin(10)
    expect(chain.isUntidy).toBe(false)
    const last = chain.begin(10)
    expect(chain.isUntidy).toBe(true)
    chain.grow(last, 1, (62 * (BLOCK_BYTES / 4 + 10)) / 4)
    expect(chain.isUntidy).toBe(false)
    expect(chain.bytes).toBe(620)
  })

  it('cost nothing any more when they are removed', () => {
    const chain = new BlockChain(UNTIDY_BYTES, UNTIDY_BYTES)
    chain.stored(chain.begin(1), 1)
    expect(chain.isUntidy).toBe(true)
    expect(chain.takeDead(0)).toBe(1)
    expect(chain.isUntidy).toBe(false)
  })
})

describe('an untidy chain', () => {
  it('is one of which more than three quarters are not needed, if it is large', () => {
    const records = new Records()
    const { chain } = records
    const small = records.add(10)
    chain.shrink(small, 1)
    records.add(UNTIDY_BYTES - 10, 0)
    expect(chain.isUntidy).toBe(false)
    records.add(1, 0)
    expect(chain.isUntidy).toBe(true)
    records.add(UNTIDY_BYTES / 2)
    expect(chain.isUntidy).toBe(false)
    records.add(UNTIDY_BYTES / 2 - 1, 0)
    expect(chain.isUntidy).toBe(false)
    records.add(1, 0)
    expect(chain.isUntidy).toBe(true)
  })
})
