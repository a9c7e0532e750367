// Counts durations in buckets that grow with the value, each 1/64 of its
// octave wide, so that a percentile is right to 1.6 percent and adding costs
// the same whether there are ten samples or ten million.

const SUB_BITS = 6
const SUB = 1 << SUB_BITS
const OCTAVES = 32 - SUB_BITS

/** Durations in microseconds, kept to a tenth of one; everything above 429 s counts as 429 s. */
export class Histogram {
  readonly #buckets: Float64Array = new Float64Array((OCTAVES + 1) * SUB)
  #count = 0

  get count(): number {
    return this.#count
  }

  add(us: number): void {
    const tenths = us <= 0 ? 0 : us > 0xffffffff / 10 ? 0xffffffff : Math.round(us * 10)
    const bucket = bucketOf(tenths)
    this.#buckets[bucket] = (this.#buckets[bucket] as number) + 1
    this.#count++
  }

  clear(): void {
    this.#buckets.fill(0)
    this.#count = 0
  }

  /** The duration that the fraction `q` (0 to 1) of all samples does not exceed, in µs. */
  quantile(q: number): number | undefined {
    if (this.#count === 0) return undefined
    const wanted = q * this.#count
    let seen = 0
    for (let i = 0; i < this.#buckets.length; i++) {
      seen += this.#buckets[i] as number
      if (seen > 0 && seen >= wanted) return lowerBound(i) / 10
    }
    return lowerBound(this.#buckets.length - 1) / 10
  }
}

function bucketOf(tenths: number): number {
  if (tenths < SUB) return tenths
  const octave = 31 - Math.clz32(tenths) - SUB_BITS
  return (octave + 1) * SUB + ((tenths >>> octave) - SUB)
}

function lowerBound(bucket: number): number {
  if (bucket < SUB) return bucket
  const octave = Math.floor(bucket / SUB) - 1
  return (SUB + (bucket % SUB)) * 2 ** octave
}
