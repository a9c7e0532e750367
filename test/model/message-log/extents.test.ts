import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Block, BlockChain } from '../../../src/message-log/block-chain.ts'
import { Extents } from '../../../src/message-log/extents.ts'

/** Positions are modulo how many there are to pick from. */
type Operation =
  | { readonly do: 'append'; readonly gap: number; readonly count: number; readonly isNew: boolean }
  | { readonly do: 'move'; readonly pick: number; readonly count: number; readonly isNew: boolean }
  | { readonly do: 'recover'; readonly sequence: number; readonly isNew: boolean }
  | { readonly do: 'settle'; readonly pick: number; readonly count: number }
  | { readonly do: 'settleBlock'; readonly pick: number }

const count = fc.integer({ min: 1, max: 5 })
const pick = fc.nat({ max: 10_000 })

const operation = fc.oneof<fc.WeightedArbitrary<Operation>[]>(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      gap: fc.constantFrom(0, 0, 0, 1, 7),
      count,
      isNew: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('move' as const), pick, count, isNew: fc.boolean() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('recover' as const),
      sequence: fc.nat({ max: 300 }),
      isNew: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('settle' as const), pick, count }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('settleBlock' as const), pick }) },
)

/** A map from live sequences to their blocks, and the extents that should say the same. */
class ExtentsUnderTest {
  readonly extents: Extents = new Extents()
  readonly model = new Map<number, Block>()
  readonly #chain = new BlockChain(0)
  #block: Block = this.#chain.begin(1)
  #next = 20

  perform(operation: Operation): void {
    const { extents, model } = this
    switch (operation.do) {
      case 'append': {
        const block = this.#blockFor(operation.isNew)
        this.#next += operation.gap
        for (let n = 0; n < operation.count; n++) {
          const sequence = this.#next++
          this.#set(sequence, block)
          extents.append(sequence, block)
        }
        break
      }
      case 'move': {
        const block = this.#blockFor(operation.isNew)
        for (const sequence of this.#pick(operation.pick, operation.count)) {
          this.#set(sequence, block)
          extents.move(sequence, block)
        }
        break
      }
      case 'recover': {
        // Of such a one nothing need have been known.
        const { sequence } = operation
        const block = this.#blockFor(operation.isNew)
        if (sequence >= this.#next) break
        this.#set(sequence, block)
        extents.move(sequence, block)
        break
      }
      case 'settle':
        for (const sequence of this.#pick(operation.pick, operation.count)) this.#delete(sequence)
        break
      case 'settleBlock': {
        const [sequence] = this.#pick(operation.pick, 1)
        const block = sequence === undefined ? undefined : model.get(sequence)
        for (const [at, other] of model) if (other === block) this.#delete(at)
        break
      }
      default:
        operation satisfies never
    }
  }

  /** Where it is wrong, if it is. */
  fault(): string | undefined {
    const live = [...this.model].sort(([a], [b]) => a - b)
    for (const [index, [sequence, block]] of live.entries()) {
      if (this.extents.find(sequence) !== block) return `${sequence} is in another block`
      const end = this.extents.endOf(sequence, Number.MAX_SAFE_INTEGER)
      if (end < sequence) return `${sequence} is after the end`
      for (let at = index + 1; at < live.length && live[at]![0] <= end; at++) {
        if (live[at]![1] !== block) return `${live[at]![0]} is not in the block of ${sequence}`
      }
    }
    return undefined
  }

  #blockFor(isNew: boolean): Block {
    if (isNew) this.#block = this.#chain.begin(1)
    return this.#block
  }

  /** As the log does, which calls a block live before it says what is in it. */
  #set(sequence: number, block: Block): void {
    this.#delete(sequence)
    block.live++
    this.model.set(sequence, block)
  }

  #delete(sequence: number): void {
    const block = this.model.get(sequence)
    if (block !== undefined) block.live--
    this.model.delete(sequence)
  }

  #pick(at: number, length: number): number[] {
    const live = [...this.model.keys()].sort((a, b) => a - b)
    return live.slice(at % Math.max(1, live.length)).slice(0, length)
  }
}

describe('the extents of a queue', () => {
  it('know the block of everything that lives', () => {
    const isMap = (history: Operation[]) => {
      const test = new ExtentsUnderTest()
      for (const [n, each] of history.entries()) {
        test.perform(each)
        if (n % 10 === 0) expect(test.fault()).toBeUndefined()
      }
      expect(test.fault()).toBeUndefined()
    }
    const operations = fc.array(operation, { maxLength: 400, size: 'max' })
    fc.assert(fc.property(operations, isMap), { numRuns: 150 })
  })

  it('are no more than what lives needs, however much passes', () => {
    const extents = new Extents()
    const chain = new BlockChain(0)
    const stays = chain.begin(1)
    stays.live = 1
    extents.append(0, stays)
    let most = 0
    for (let sequence = 1; sequence < 100_000; sequence++) {
      const block = chain.begin(1)
      block.live = 1
      extents.append(sequence, block)
      block.live = 0
      most = Math.max(most, extents.length)
    }
    expect(most).toBeLessThan(100)
    expect(extents.find(0)).toBe(stays)
  })
})
