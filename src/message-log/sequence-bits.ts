const CHUNK_BITS = 12
const CHUNK_SIZE = 1 << CHUNK_BITS
const WORDS = CHUNK_SIZE / 32

interface Chunk {
  count: number
  /** Null while all of them are in the set. */
  words: Int32Array | null
}

/**
 * A set of sequences with gaps: a bit each, in chunks, of which those that are empty or full need no
 * bits. Ten million in a row take a few hundred kilobytes.
 */
export class SequenceBits {
  readonly #chunks = new Map<number, Chunk>()
  /** The chunk that was looked at last, which mostly is the next one too. */
  #number = -1
  #chunk: Chunk | undefined
  #count = 0

  /** A set of all from `start` up to `end`. */
  constructor(start: number, end: number) {
    for (let at = start; at < end; ) {
      const next = at + CHUNK_SIZE
      if (at % CHUNK_SIZE === 0 && next <= end) {
        this.#chunks.set(at / CHUNK_SIZE, { count: CHUNK_SIZE, words: null })
        this.#count += CHUNK_SIZE
        at = next
      } else {
        this.add(at++)
      }
    }
  }

  get count(): number {
    return this.#count
  }

  has(sequence: number): boolean {
    const chunk = this.#chunkOf(sequence)
    return chunk !== undefined && hasBit(chunk, sequence)
  }

  /** Whether it was not there. */
  add(sequence: number): boolean {
    let chunk = this.#chunkOf(sequence)
    if (chunk === undefined) {
      chunk = { count: 0, words: new Int32Array(WORDS) }
      this.#chunks.set(this.#number, chunk)
      this.#chunk = chunk
    }
    if (hasBit(chunk, sequence)) return false
    const words = chunk.words as Int32Array
    const bit = sequence % CHUNK_SIZE
    words[bit >>> 5] = (words[bit >>> 5] as number) | (1 << (bit & 31))
    if (++chunk.count === CHUNK_SIZE) chunk.words = null
    this.#count++
    return true
  }

  /** Whether it was there. */
  delete(sequence: number): boolean {
    const chunk = this.#chunkOf(sequence)
    if (chunk === undefined || !hasBit(chunk, sequence)) return false
    chunk.words ??= new Int32Array(WORDS).fill(-1)
    const bit = sequence % CHUNK_SIZE
    chunk.words[bit >>> 5] = (chunk.words[bit >>> 5] as number) & ~(1 << (bit & 31))
    chunk.count--
    this.#count--
    return true
  }

  /** Removes all from `from` to `to`, and says how many that were. */
  deleteRange(from: number, to: number): number {
    let deleted = 0
    for (let at = this.next(from); at !== undefined && at <= to; at = this.next(at + 1)) {
      const chunk = this.#chunkOf(at) as Chunk
      const number = this.#number
      if (from <= number * CHUNK_SIZE && (number + 1) * CHUNK_SIZE - 1 <= to) {
        deleted += chunk.count
        this.#count -= chunk.count
        this.#chunks.delete(number)
        this.#chunk = undefined
      } else {
        this.delete(at)
        deleted++
      }
    }
    return deleted
  }

  /** The first that is not before `from`. */
  next(from: number): number | undefined {
    let number = Math.floor(from / CHUNK_SIZE)
    let bit = from % CHUNK_SIZE
    for (let passed = 0; passed <= this.#chunks.size; passed++) {
      const chunk = this.#chunks.get(number)
      const found = chunk === undefined ? -1 : nextBit(chunk, bit)
      if (found >= 0) return number * CHUNK_SIZE + found
      number++
      bit = 0
    }
    // There is a gap: it may be a wide one.
    let nearest = Number.POSITIVE_INFINITY
    for (const other of this.#chunks.keys()) if (other >= number && other < nearest) nearest = other
    return nearest === Number.POSITIVE_INFINITY ? undefined : this.next(nearest * CHUNK_SIZE)
  }

  /** How many there are from `from` to `to`. */
  countBetween(from: number, to: number): number {
    const first = Math.floor(from / CHUNK_SIZE)
    const last = Math.floor(to / CHUNK_SIZE)
    let count = 0
    for (const [number, chunk] of this.#chunks) {
      if (number < first || number > last) continue
      const start = number === first ? from % CHUNK_SIZE : 0
      const end = number === last ? (to % CHUNK_SIZE) + 1 : CHUNK_SIZE
      const isWhole = start === 0 && end === CHUNK_SIZE
      count += isWhole ? chunk.count : countBits(chunk, start, end)
    }
    return count
  }

  #chunkOf(sequence: number): Chunk | undefined {
    const number = Math.floor(sequence / CHUNK_SIZE)
    if (number !== this.#number) {
      // It was not removed as soon as it was empty: the next sequence mostly belongs there, too.
      if (this.#chunk?.count === 0) this.#chunks.delete(this.#number)
      this.#number = number
      this.#chunk = this.#chunks.get(number)
    }
    return this.#chunk
  }
}

function hasBit({ words }: Chunk, sequence: number): boolean {
  if (words === null) return true
  const bit = sequence % CHUNK_SIZE
  return ((words[bit >>> 5] as number) & (1 << (bit & 31))) !== 0
}

/** The first bit from `bit` on that is set, or -1. */
function nextBit({ words }: Chunk, bit: number): number {
  if (words === null) return bit
  let word = bit >>> 5
  let bits = (words[word] as number) & (-1 << (bit & 31))
  while (bits === 0) {
    if (++word === WORDS) return -1
    bits = words[word] as number
  }
  return word * 32 + 31 - Math.clz32(bits & -bits)
}

/** How many bits are set from `start` up to `end`. */
function countBits({ words }: Chunk, start: number, end: number): number {
  if (words === null) return end - start
  let count = 0
  for (let at = start; at < end; at++) count += ((words[at >>> 5] as number) >>> (at & 31)) & 1
  return count
}
