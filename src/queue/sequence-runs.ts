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

/**
 * The sequences of messages that stand one behind the other, whether they were delivered before, and
 * when they expire: nearly always they are consecutive, were not, and never do, and then a million are
 * one run.
 */
export class SequenceRuns {
  readonly #runs = new Fifo<Run>()
  #last: Run | null = null

  push(sequence: number, delivered: boolean, expiresAt: number): void {
    const last = this.#last
    if (
      last !== null &&
      last.next + last.left === sequence &&
      last.delivered === delivered &&
      last.expiresAt === expiresAt
    ) {
      last.left++
      return
    }
    this.#last = { next: sequence, left: 1, delivered, expiresAt }
    this.#runs.push(this.#last)
  }

  /** What the first one begins, left in place. There must be one. */
  get first(): Readonly<Run> {
    return this.#runs.peek() as Run
  }

  shift(): void {
    const first = this.#runs.peek() as Run
    first.next++
    if (--first.left > 0) return
    this.#runs.shift()
    if (first === this.#last) this.#last = null
  }

  /** The sequence of the message that so many stand before. */
  at(index: number): number | undefined {
    let left = index
    for (const { next, left: length } of this.#runs) {
      if (left < length) return next + left
      left -= length
    }
    return undefined
  }

  /** Those from a sequence on. The index says how many stand before one. */
  *from(sequence: number): Generator<RunPlace> {
    let before = 0
    for (const { next, left, delivered, expiresAt } of this.#runs) {
      for (let at = Math.max(sequence, next); at < next + left; at++) {
        yield { index: before + at - next, sequence: at, delivered, expiresAt }
      }
      before += left
    }
  }

  /** Takes one out, wherever it is, and gives its index; -1 when it is not there. */
  delete(sequence: number): number {
    let before = 0
    let place = 0
    for (const run of this.#runs) {
      if (sequence >= run.next && sequence < run.next + run.left) {
        const index = before + sequence - run.next
        this.#deleteFrom(run, place, sequence)
        return index
      }
      before += run.left
      place++
    }
    return -1
  }

  /** Only one in the middle of a run makes two of it, and the list anew. */
  #deleteFrom(run: Run, place: number, sequence: number): void {
    const last = run.next + run.left - 1
    if (run.left === 1) {
      this.#runs.removeAt(place)
      if (run === this.#last) this.#last = null
    } else if (sequence === run.next) {
      run.next++
      run.left--
    } else if (sequence === last) {
      run.left--
    } else {
      const all = [...this.#runs]
      const rest = { ...run, next: sequence + 1, left: last - sequence }
      run.left = sequence - run.next
      all.splice(place + 1, 0, rest)
      this.#runs.clear()
      for (const one of all) this.#runs.push(one)
      this.#last = all.at(-1) ?? null
    }
  }

  clear(): void {
    this.#runs.clear()
    this.#last = null
  }
}
