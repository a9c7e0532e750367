import { SequenceBits } from './sequence-bits.ts'

/**
 * A set of sequences. They come in order and mostly go in order, and so are one run, of which the two
 * ends are enough; there are bits for them only while there is a gap.
 */
export class SequenceSet {
  /** All from here up to `#end`, unless there are bits. */
  #start = 0
  #end = 0
  #bits: SequenceBits | null = null

  get count(): number {
    return this.#bits === null ? this.#end - this.#start : this.#bits.count
  }

  has(sequence: number): boolean {
    if (this.#bits !== null) return this.#bits.has(sequence)
    return sequence >= this.#start && sequence < this.#end
  }

  /** Whether it was not there. */
  add(sequence: number): boolean {
    if (this.#bits !== null) return this.#bits.add(sequence)
    if (sequence >= this.#start && sequence < this.#end) return false
    if (this.#start === this.#end) this.#start = sequence
    else if (sequence !== this.#end) return this.#toBits().add(sequence)
    this.#end = sequence + 1
    return true
  }

  /** Whether it was there. */
  delete(sequence: number): boolean {
    if (this.#bits !== null) return this.#without(this.#bits.delete(sequence))
    if (sequence < this.#start || sequence >= this.#end) return false
    if (sequence === this.#start) this.#start++
    else if (sequence === this.#end - 1) this.#end--
    else return this.#toBits().delete(sequence)
    return true
  }

  /** Removes all from `from` to `to`, and says how many that were. */
  deleteRange(from: number, to: number): number {
    if (this.#bits !== null) return this.#without(this.#bits.deleteRange(from, to))
    const start = Math.max(from, this.#start)
    const end = Math.min(to + 1, this.#end)
    if (start >= end) return 0
    if (start === this.#start) this.#start = end
    else if (end === this.#end) this.#end = start
    else return this.#toBits().deleteRange(from, to)
    return end - start
  }

  /** The first that is not before `from`. */
  next(from: number): number | undefined {
    if (this.#bits !== null) return this.#bits.next(from)
    const first = Math.max(from, this.#start)
    return first < this.#end ? first : undefined
  }

  /** How many there are from `from` to `to`. */
  countBetween(from: number, to: number): number {
    if (this.#bits !== null) return this.#bits.countBetween(from, to)
    return Math.max(0, Math.min(to + 1, this.#end) - Math.max(from, this.#start))
  }

  #toBits(): SequenceBits {
    this.#bits = new SequenceBits(this.#start, this.#end)
    this.#start = 0
    this.#end = 0
    return this.#bits
  }

  /** After bits were removed, with what came of that: an empty set is a run again. */
  #without<Result>(result: Result): Result {
    if (this.#bits?.count === 0) this.#bits = null
    return result
  }
}
