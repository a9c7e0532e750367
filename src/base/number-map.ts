/**
 * Things by whole numbers from 0 on, for where they come and go all the time.
 *
 * A `Map` makes itself a new table every so often, and each that it had leads to the next one. One such
 * table that has become old keeps all that come after it, and what was in them, until the whole heap is collected:
 * short-lived things become long-lived ones, several times as dear. Here nothing is kept of what was taken out.
 *
 *     keys    [ .  7  23  .  .  4  . ]   a number is where it hashes to, or behind it
 *     values  [ .  x   x  .  .  x  . ]
 */
export class NumberMap<T> {
  #keys: number[] = NO_KEYS
  #values: (T | undefined)[] = NO_VALUES
  #size = 0
  /** The most there were at once since it was last looked at, and how many have been taken out since. */
  #most = 0
  #takes = 0
  /** How far a hash is to be shifted to be a place in the table. */
  #shift = 32

  get size(): number {
    return this.#size
  }

  get(key: number): T | undefined {
    return this.#values[this.#find(key)]
  }

  has(key: number): boolean {
    return key !== FREE && this.#keys[this.#find(key)] === key
  }

  set(key: number, value: T): void {
    if (this.#size * 2 >= this.#keys.length) this.#resize(Math.max(FIRST, this.#keys.length * 2))
    const at = this.#find(key)
    if (this.#keys[at] !== key && ++this.#size > this.#most) this.#most = this.#size
    this.#keys[at] = key
    this.#values[at] = value
  }

  /** Takes it out. */
  take(key: number): T | undefined {
    const at = this.#find(key)
    const value = this.#values[at]
    if (key === FREE || this.#keys[at] !== key) return undefined
    this.#size--
    this.#close(at)
    if (this.#size === 0 && this.#keys.length > KEPT) this.clear()
    else if (++this.#takes >= this.#keys.length) this.#lookForWaste()
    return value
  }

  clear(): void {
    this.#keys = NO_KEYS
    this.#values = NO_VALUES
    this.#size = 0
    this.#most = 0
    this.#shift = 32
  }

  /** In the order of their numbers, as they are now. */
  entries(): [number, T][] {
    const entries: [number, T][] = []
    for (let at = 0; at < this.#keys.length; at++) {
      const key = this.#keys[at] as number
      if (key !== FREE) entries.push([key, this.#values[at] as T])
    }
    return entries.sort(([a], [b]) => a - b)
  }

  values(): T[] {
    return this.entries().map(([, value]) => value)
  }

  /** Where it is, or would be. */
  #find(key: number): number {
    const keys = this.#keys
    const mask = keys.length - 1
    if (mask < 0) return 0
    let at = this.#hash(key)
    while (keys[at] !== key && keys[at] !== FREE) at = (at + 1) & mask
    return at
  }

  #hash(key: number): number {
    return Math.imul(key | 0, GOLDEN) >>> this.#shift
  }

  /** Whoever stands behind it for want of a better place moves up. */
  #close(gap: number): void {
    const keys = this.#keys
    const values = this.#values
    const mask = keys.length - 1
    let free = gap
    for (let at = (gap + 1) & mask; keys[at] !== FREE; at = (at + 1) & mask) {
      const key = keys[at] as number
      const isBetterThere = ((at - this.#hash(key)) & mask) >= ((at - free) & mask)
      if (!isBetterThere) continue
      keys[free] = key
      values[free] = values[at]
      free = at
    }
    keys[free] = FREE
    values[free] = undefined
  }

  /** A table is too large when most of it was not needed while all of it could have been taken out. */
  #lookForWaste(): void {
    if (this.#keys.length > FIRST && this.#most * 8 < this.#keys.length) {
      this.#resize(this.#keys.length / 2)
    }
    this.#takes = 0
    this.#most = this.#size
  }

  #resize(capacity: number): void {
    const keys = this.#keys
    const values = this.#values
    this.#keys = new Array<number>(capacity).fill(FREE)
    this.#values = new Array<T | undefined>(capacity).fill(undefined)
    this.#shift = Math.clz32(capacity - 1)
    for (let at = 0; at < keys.length; at++) {
      const key = keys[at] as number
      if (key === FREE) continue
      const to = this.#find(key)
      this.#keys[to] = key
      this.#values[to] = values[at]
    }
  }
}

const FIRST = 16
/** A larger table goes when it has become empty. */
const KEPT = 4096
const FREE = -1
/** Spreads numbers that follow each other, or that are multiples of the same: 2³² by the golden ratio. */
const GOLDEN = 0x9e3779b1
const NO_KEYS: number[] = []
const NO_VALUES: undefined[] = []
