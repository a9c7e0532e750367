import type { Block } from './block-chain.ts'

/** Lists that are shorter than this are not searched for what is dead. */
const LEAST_LENGTH = 64

type Extent = readonly [start: number, block: Block]

/**
 * Which block has which sequences of a queue: each block those from its start to the next one's.
 *
 *     starts   0      4096      9000      9001
 *     blocks   a      b         f         b          9000 was stored again
 */
export class Extents {
  readonly #starts: number[] = []
  readonly #blocks: Block[] = []
  /** Where the last search ended. */
  #cursor = 0
  #tidyLength = LEAST_LENGTH

  get length(): number {
    return this.#starts.length
  }

  /** The sequence, which is after all others, is in that block. */
  append(sequence: number, block: Block): void {
    const last = this.#blocks.length - 1
    if (last >= 0 && this.#blocks[last] === block) return
    this.#starts.push(sequence)
    this.#blocks.push(block)
    if (this.#starts.length >= this.#tidyLength) this.#removeDead()
  }

  /** The block that has it. It must be in one. */
  find(sequence: number): Block {
    return this.#blocks[this.#search(sequence)] as Block
  }

  /** The last sequence up to `to` that follows in the same block, as far as is known. */
  endOf(sequence: number, to: number): number {
    const at = this.#search(sequence) + 1
    const next = at < this.#starts.length ? (this.#starts[at] as number) : to + 1
    return Math.min(to, next - 1)
  }

  /** The sequence is in that block from now on, which must not be dead; it need not have been in any. */
  move(sequence: number, block: Block): void {
    const at = this.#search(sequence)
    const start = this.#starts[at]
    const before = this.#blocks[at]
    if (start === undefined || before === undefined || sequence < start) {
      this.#replace(at, 0, [[sequence, block]])
    } else if (before !== block) {
      const joinsPrevious = start === sequence && this.#blocks[at - 1] === block
      const extents: Extent[] = joinsPrevious ? [] : [[sequence, block]]
      if (start < sequence) extents.unshift([start, before])
      if (sequence + 1 !== this.#starts[at + 1]) extents.push([sequence + 1, before])
      this.#replace(at, 1, extents)
    }
  }

  #replace(at: number, count: number, extents: readonly Extent[]): void {
    this.#starts.splice(at, count, ...extents.map(([start]) => start))
    this.#blocks.splice(at, count, ...extents.map(([, block]) => block))
    if (this.#starts.length >= this.#tidyLength) this.#removeDead()
  }

  /** Where the extent is that has the sequence; 0 when it is before all. */
  #search(sequence: number): number {
    const starts = this.#starts
    // What is behind the end of an array takes V8 much longer to say than how long it is.
    const last = starts.length - 1
    let at = Math.min(this.#cursor, last)
    if (at >= 0 && (starts[at] as number) <= sequence) {
      if (at === last || sequence < (starts[at + 1] as number)) return at
      if (at + 1 === last || sequence < (starts[at + 2] as number)) {
        this.#cursor = at + 1
        return at + 1
      }
    }
    let low = 0
    let high = last
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if ((starts[middle] as number) <= sequence) low = middle
      else high = middle - 1
    }
    at = low
    this.#cursor = at
    return at
  }

  /** Nobody asks for what is dead: what was before it may have its sequences. */
  #removeDead(): void {
    const starts = this.#starts
    const blocks = this.#blocks
    let kept = 0
    for (let at = 0; at < starts.length; at++) {
      const block = blocks[at] as Block
      const isLast = at === starts.length - 1
      if (!isLast && (block.live === 0 || (kept > 0 && blocks[kept - 1] === block))) continue
      starts[kept] = starts[at] as number
      blocks[kept++] = block
    }
    starts.length = kept
    blocks.length = kept
    this.#cursor = 0
    this.#tidyLength = Math.max(LEAST_LENGTH, kept * 2)
  }
}
