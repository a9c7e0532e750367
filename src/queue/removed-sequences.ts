import { SequenceSet } from '../message-log/sequence-set.ts'

/**
 * Messages that were taken out of where they still are, among others that are there, and must not come back
 * from there. Nearly always there are none.
 */
export class RemovedSequences {
  #sequences: SequenceSet | null = null

  has(sequence: number): boolean {
    return this.#sequences?.has(sequence) === true
  }

  add(sequence: number): void {
    this.#sequences ??= new SequenceSet()
    this.#sequences.add(sequence)
  }

  /** What of these is left; they are given back as they are if nothing was removed. */
  without<Item extends { readonly sequence: number }>(items: readonly Item[]): readonly Item[] {
    return this.#sequences === null ? items : items.filter(({ sequence }) => !this.has(sequence))
  }

  /** All up to there has come back, but for these. */
  passed(last: number): void {
    this.#sequences?.deleteRange(0, last)
    if (this.#sequences?.count === 0) this.clear()
  }

  clear(): void {
    this.#sequences = null
  }
}
