/** Sequences that come one by one and mostly in a row, to be passed on as runs. */
export class SequenceRun {
  readonly #pass: (from: number, to: number) => void
  #from = 0
  #next = 0

  constructor(pass: (from: number, to: number) => void) {
    this.#pass = pass
  }

  add(sequence: number): void {
    if (sequence !== this.#next) {
      this.flush()
      this.#from = sequence
    }
    this.#next = sequence + 1
  }

  flush(): void {
    const from = this.#from
    const to = this.#next - 1
    this.#from = this.#next
    if (from <= to) this.#pass(from, to)
  }
}
