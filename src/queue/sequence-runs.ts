import { Fifo } from '../base/fifo.ts'

/** Messages that have all this in common, and consecutive sequences from `next` on. */
export interface Run {
  next: number
  left: number
  readonly delivered: boolean
  readonly expiresAt: number
}

/** One of them. */
export interface RunPlace {
  readonly index: number
  readonly sequence: number
  readonly delivered: boolean
  readonly expiresAt: number
}

/** Runs that stand one behind the other, and how many messages they have together. */
interface Block {
  readonly runs: Fifo<Run>
  count: number
}

/** So many runs are looked through for one message, or a few more. */
const BLOCK_RUNS = 512

/**
 * The sequences of messages that stand one behind the other, whether they were delivered before, and
 * when they expire: nearly always they are consecutive, were not, and never do, and then a million are
 * one run. Where each has a time of its own there are as many runs as messages, in blocks that can be
 * passed over.
 */
export class SequenceRuns {
  readonly #blockRuns: number
  /** Only one that is alone may be empty. */
  readonly #blocks: Block[] = []
  #last: Run | null = null

  constructor(blockRuns: number = BLOCK_RUNS) {
    this.#blockRuns = blockRuns
  }

  push(sequence: number, delivered: boolean, expiresAt: number): void {
    let block = this.#blocks.at(-1)
    const last = this.#last
    if (
      block !== undefined &&
      last !== null &&
      last.next + last.left === sequence &&
      last.delivered === delivered &&
      last.expiresAt === expiresAt
    ) {
      last.left++
      block.count++
      return
    }
    if (block === undefined || block.runs.length >= this.#blockRuns) {
      block = { runs: new Fifo(), count: 0 }
      this.#blocks.push(block)
    }
    this.#last = { next: sequence, left: 1, delivered, expiresAt }
    block.runs.push(this.#last)
    block.count++
  }

  /** What the first one begins, left in place. There must be one. */
  get first(): Readonly<Run> {
    return firstOf(this.#blocks[0] as Block)
  }

  shift(): void {
    const block = this.#blocks[0] as Block
    const first = firstOf(block)
    block.count--
    first.next++
    if (--first.left > 0) return
    block.runs.shift()
    this.#removed(first, 0)
  }

  /** The sequence of the message that so many stand before. */
  at(index: number): number | undefined {
    let left = index
    for (const { runs, count } of this.#blocks) {
      if (left >= count) {
        left -= count
        continue
      }
      for (const run of runs) {
        if (left < run.left) return run.next + left
        left -= run.left
      }
    }
    return undefined
  }

  /** Those from a sequence on. The index says how many stand before one. */
  *from(sequence: number): Generator<RunPlace> {
    let before = 0
    for (const [place, { runs, count }] of this.#blocks.entries()) {
      if (this.#isBefore(place, sequence)) {
        before += count
        continue
      }
      for (const { next, left, delivered, expiresAt } of runs) {
        for (let at = Math.max(sequence, next); at < next + left; at++) {
          yield { index: before + at - next, sequence: at, delivered, expiresAt }
        }
        before += left
      }
    }
  }

  /** Takes one out, wherever it is, and gives its index; -1 when it is not there. */
  delete(sequence: number): number {
    let before = 0
    for (const [place, { runs, count }] of this.#blocks.entries()) {
      if (this.#isBefore(place, sequence)) {
        before += count
        continue
      }
      let at = 0
      for (const run of runs) {
        if (sequence < run.next) return -1
        if (sequence < run.next + run.left) {
          const index = before + sequence - run.next
          this.#deleteFrom(run, place, at, sequence)
          return index
        }
        before += run.left
        at++
      }
    }
    return -1
  }

  /** Whether a block is one of those before the one that a sequence belongs to. */
  #isBefore(place: number, sequence: number): boolean {
    const next = this.#blocks[place + 1]
    return next !== undefined && firstOf(next).next <= sequence
  }

  /** Only one in the middle of a run makes two of it, and the block anew. */
  #deleteFrom(run: Run, place: number, at: number, sequence: number): void {
    const block = this.#blocks[place] as Block
    const last = run.next + run.left - 1
    block.count--
    if (run.left === 1) {
      block.runs.removeAt(at)
      this.#removed(run, place)
    } else if (sequence === run.next) {
      run.next++
      run.left--
    } else if (sequence === last) {
      run.left--
    } else {
      const all = [...block.runs]
      const rest = { ...run, next: sequence + 1, left: last - sequence }
      run.left = sequence - run.next
      all.splice(at + 1, 0, rest)
      if (run === this.#last) this.#last = rest
      const middle = all.length > this.#blockRuns ? all.length >> 1 : all.length
      const halves = [all.slice(0, middle), all.slice(middle)]
      this.#blocks.splice(place, 1, ...halves.filter(({ length }) => length > 0).map(blockOf))
    }
  }

  #removed(run: Run, place: number): void {
    if (run === this.#last) this.#last = null
    const isEmpty = this.#blocks[place]?.runs.length === 0
    if (isEmpty && this.#blocks.length > 1) this.#blocks.splice(place, 1)
  }

  clear(): void {
    this.#blocks.length = 0
    this.#last = null
  }
}

const firstOf = ({ runs }: Block): Run => runs.peek() as Run

function blockOf(all: readonly Run[]): Block {
  const block: Block = { runs: new Fifo(), count: 0 }
  for (const run of all) {
    block.runs.push(run)
    block.count += run.left
  }
  return block
}
