import type { SequenceSet } from './sequence-set.ts'

const CHUNK_LENGTH = 4096

/**
 * How large the bodies of a queue's messages are, as it is found when the log is read: four bytes each
 * until that is done, since only then it is known which messages are left.
 */
export class BodySizes {
  readonly #chunks = new Map<number, Uint32Array>()
  #chunk: Uint32Array | undefined
  #chunkNumber = -1

  set(sequence: number, bytes: number): void {
    this.#find(sequence)[sequence % CHUNK_LENGTH] = bytes
  }

  /** Of all these. */
  sum(sequences: SequenceSet): number {
    let sum = 0
    for (let at = sequences.next(0); at !== undefined; at = sequences.next(at + 1)) {
      sum += this.#find(at)[at % CHUNK_LENGTH] as number
    }
    return sum
  }

  /** They mostly come in order. */
  #find(sequence: number): Uint32Array {
    const number = Math.floor(sequence / CHUNK_LENGTH)
    if (this.#chunk !== undefined && number === this.#chunkNumber) return this.#chunk
    let chunk = this.#chunks.get(number)
    if (chunk === undefined) {
      chunk = new Uint32Array(CHUNK_LENGTH)
      this.#chunks.set(number, chunk)
    }
    this.#chunk = chunk
    this.#chunkNumber = number
    return chunk
  }
}
