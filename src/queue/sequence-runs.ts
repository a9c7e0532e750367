import { Fifo } from '../base/fifo.ts'

/** Messages that have all this in common, and consecutive sequences from `next` on. */
export interface Run {
  next: number
  left: number
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

  clear(): void {
    this.#runs.clear()
    this.#last = null
  }
}
