/** Sequences of one queue as runs: they mostly come in order, and then a thousand are one run. */
export class SequenceRanges {
  /** From and count, alternating. */
  readonly runs: number[] = []
  /** What would make the last run longer. */
  #next = -1

  add(sequence: number): void {
    const { runs } = this
    if (sequence === this.#next) (runs[runs.length - 1] as number)++
    else runs.push(sequence, 1)
    this.#next = sequence + 1
  }

  /** All from `from` to `to`: at most as many as 32 bits can count. */
  addRange(from: number, to: number): void {
    this.runs.push(from, to - from + 1)
    this.#next = to + 1
  }

  clear(): void {
    this.runs.length = 0
    this.#next = -1
  }
}
