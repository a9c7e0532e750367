/**
 * A first-in first-out list for the hot path: a chain of fixed arrays, so that it neither moves
 * what it holds as it grows (as one ring would) nor shifts an array on every take.
 *
 *     head ─▶ [ . . x x ] ─▶ [ x x x x ] ─▶ [ x x . . ] ◀─ tail
 *                 ^ read                         ^ write
 *
 * An empty list that was never used owns no segment, and a small one owns a small segment: queues
 * and channels are many and mostly idle.
 */
export class Fifo<T> {
  #head: Segment<T> | null = null
  #tail: Segment<T> | null = null
  #length = 0

  get length(): number {
    return this.#length
  }

  push(item: T): void {
    let tail = this.#tail
    if (tail === null) {
      tail = new Segment<T>(FIRST_CAPACITY)
      this.#head = tail
      this.#tail = tail
    } else if (tail.write === tail.capacity) {
      const next = new Segment<T>(Math.min(tail.capacity * 4, MAX_CAPACITY))
      tail.next = next
      this.#tail = next
      tail = next
    }
    tail.items[tail.write++] = item
    this.#length++
  }

  /** The oldest item, left in place. */
  peek(): T | undefined {
    const head = this.#head
    return head === null ? undefined : head.items[head.read]
  }

  /** The one that so many stand before, left in place. */
  at(index: number): T | undefined {
    let left = index
    for (let segment = this.#head; segment !== null; segment = segment.next) {
      if (left < segment.length) return segment.items[segment.read + left]
      left -= segment.length
    }
    return undefined
  }

  /** Takes the oldest item. */
  shift(): T | undefined {
    if (this.#length === 0) return undefined
    const head = this.#head as Segment<T>
    const item = head.items[head.read] as T
    // The slot is cleared so that the list does not keep alive what was taken from it.
    head.items[head.read++] = undefined
    this.#length--
    if (head.read === head.write) {
      if (head.next === null) {
        if (head.capacity > KEPT_CAPACITY) this.clear()
        head.read = 0
        head.write = 0
      } else {
        this.#head = head.next
        // Else one that has become old keeps all that come after it.
        head.next = null
      }
    }
    return item
  }

  /** Takes out the one that so many stand before, which costs as much as moving some that are near it. */
  removeAt(index: number): T | undefined {
    if (index === 0) return this.shift()
    let left = index
    let before: Segment<T> | null = null
    for (let segment = this.#head; segment !== null; segment = segment.next) {
      if (left < segment.length) {
        const item = segment.remove(left)
        this.#length--
        // Only the first segment may be empty.
        if (segment.length === 0 && before !== null) this.#unlink(segment, before)
        return item
      }
      left -= segment.length
      before = segment
    }
    return undefined
  }

  clear(): void {
    this.#head = null
    this.#tail = null
    this.#length = 0
  }

  /** Oldest first; the list must not be changed meanwhile. */
  *[Symbol.iterator](): Generator<T> {
    for (let segment = this.#head; segment !== null; segment = segment.next) {
      for (let index = segment.read; index < segment.write; index++) {
        yield segment.items[index] as T
      }
    }
  }

  #unlink(segment: Segment<T>, before: Segment<T>): void {
    before.next = segment.next
    segment.next = null
    if (segment === this.#tail) this.#tail = before
  }
}

const FIRST_CAPACITY = 16
const MAX_CAPACITY = 2048
/** A segment that is larger goes when the list has become empty. */
const KEPT_CAPACITY = 256

class Segment<T> {
  readonly items: (T | undefined)[]
  readonly capacity: number
  read = 0
  write = 0
  next: Segment<T> | null = null

  constructor(capacity: number) {
    this.capacity = capacity
    this.items = new Array<T | undefined>(capacity).fill(undefined)
  }

  get length(): number {
    return this.write - this.read
  }

  remove(index: number): T {
    const at = this.read + index
    const item = this.items[at] as T
    this.items.copyWithin(at, at + 1, this.write)
    this.items[--this.write] = undefined
    return item
  }
}
