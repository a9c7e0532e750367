import { Fifo } from '../base/fifo.ts'

interface Run {
  next: number
  left: number
  readonly delivered: boolean
}

/**
 * The sequences of messages that stand one behind the other, and whether they were delivered before:
 * nearly always they are consecutive and were not, and then a million are one run.
 */
export class SequenceRuns {
  readonly #runs = new Fifo<Run>()
  #last: Run | null = null

  push(sequence: number, delivered: boolean): void {
    const last = this.#last
    if (last !== null && last.next + last.left === sequence && last.delivered === delivered) {
      last.left++
      return
    }
    this.#last = { next: sequence, left: 1, delivered }
    this.#runs.push(this.#last)
  }

  /** The first, left in place. There must be one. */
  get sequence(): number {
    return (this.#runs.peek() as Run).next
  }

  get delivered(): boolean {
    return (this.#runs.peek() as Run).delivered
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
