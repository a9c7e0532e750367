import type { MessageBudget } from '../queue/message-budget.ts'
import type { Chunk } from './chunk.ts'

/** So much of a stream is in memory at most, unless a single chunk is larger. */
const CACHE_BYTES = 8 * 1024 * 1024
const CACHE_CHUNKS = 256

/**
 * What of a stream is in memory: as much as its consumers have lately read, or are about to. They hold
 * on to none of it, so that however many there are, and however slow, it is bounded.
 */
export class ChunkCache {
  readonly #budget: MessageBudget
  /** By offset; they have none in common. */
  #chunks: Chunk[] = []
  #bytes = 0
  #uses = 0

  constructor(budget: MessageBudget) {
    this.#budget = budget
  }

  get isEmpty(): boolean {
    return this.#chunks.length === 0
  }

  /** The one with that offset. */
  find(offset: number): Chunk | undefined {
    const chunk = this.#chunks[this.#search(offset)]
    if (chunk === undefined || chunk.from > offset) return undefined
    chunk.usedAt = ++this.#uses
    chunk.isUsed = true
    return chunk
  }

  /** Where the next one begins behind that offset, which is in none. */
  nextFrom(offset: number): number | undefined {
    return this.#chunks[this.#search(offset)]?.from
  }

  add(chunk: Chunk): void {
    chunk.usedAt = ++this.#uses
    this.#chunks.splice(this.#search(chunk.from), 0, chunk)
    this.#hold(chunk.bytes)
    this.#makeRoom()
  }

  /** The chunk, which is here, has so much more than before. */
  grown(chunk: Chunk, bytes: number): void {
    chunk.usedAt = ++this.#uses
    this.#hold(bytes)
    this.#makeRoom()
  }

  has(chunk: Chunk): boolean {
    return this.#chunks.includes(chunk)
  }

  /** Nobody is to have what is before that offset. */
  dropBefore(offset: number): void {
    this.#keep(({ end }) => end > offset)
  }

  /** Drops what was not used since the last time. */
  sweep(): void {
    this.#keep(({ isUsed }) => isUsed)
    for (const chunk of this.#chunks) chunk.isUsed = false
  }

  clear(): void {
    this.#keep(() => false)
  }

  #makeRoom(): void {
    while (this.#chunks.length > 1 && this.#isTooMuch()) {
      const oldest = this.#chunks.reduce((a, b) => (a.usedAt < b.usedAt ? a : b))
      this.#keep((chunk) => chunk !== oldest)
    }
  }

  #isTooMuch(): boolean {
    const isLarge = this.#bytes > CACHE_BYTES || this.#chunks.length > CACHE_CHUNKS
    return isLarge || !this.#budget.allows(this.#bytes)
  }

  #keep(isKept: (chunk: Chunk) => boolean): void {
    const before = this.#chunks
    this.#chunks = before.filter(isKept)
    if (this.#chunks.length === before.length) return
    this.#hold(this.#chunks.reduce((sum, { bytes }) => sum + bytes, 0) - this.#bytes)
  }

  #hold(bytes: number): void {
    this.#bytes += bytes
    this.#budget.take(bytes)
  }

  /** Where the first chunk is that ends behind that offset. */
  #search(offset: number): number {
    let low = 0
    let high = this.#chunks.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#chunks[middle] as Chunk).end > offset) high = middle
      else low = middle + 1
    }
    return low
  }
}
