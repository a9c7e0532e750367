/** A binary heap: the smallest item, by the given order, is always first. */
export class Heap<T> {
  readonly #items: T[] = []
  readonly #less: (a: T, b: T) => boolean

  constructor(less: (a: T, b: T) => boolean) {
    this.#less = less
  }

  get length(): number {
    return this.#items.length
  }

  peek(): T | undefined {
    return this.#items[0]
  }

  push(item: T): void {
    this.#items.push(item)
    this.#rise(item, this.#items.length - 1)
  }

  pop(): T | undefined {
    const items = this.#items
    const first = items[0]
    const last = items.pop()
    if (items.length > 0) this.#sink(last as T, 0)
    return first
  }

  /** Takes out the first one found that fits, wherever it is. */
  remove(fits: (item: T) => boolean): T | undefined {
    const items = this.#items
    const index = items.findIndex(fits)
    if (index < 0) return undefined
    const item = items[index] as T
    const last = items.pop() as T
    if (index === items.length) return item
    // What takes its place may belong farther up, or farther down.
    const parent = items[(index - 1) >> 1]
    if (index > 0 && this.#less(last, parent as T)) this.#rise(last, index)
    else this.#sink(last, index)
    return item
  }

  clear(): void {
    this.#items.length = 0
  }

  /** In no particular order. */
  [Symbol.iterator](): IterableIterator<T> {
    return this.#items.values()
  }

  /** The item belongs in that place, or farther up. */
  #rise(item: T, from: number): void {
    const items = this.#items
    let index = from
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!this.#less(item, items[parent] as T)) break
      items[index] = items[parent] as T
      index = parent
    }
    items[index] = item
  }

  /** Or farther down. */
  #sink(item: T, from: number): void {
    const items = this.#items
    const length = items.length
    let index = from
    for (;;) {
      let child = 2 * index + 1
      if (child >= length) break
      if (child + 1 < length && this.#less(items[child + 1] as T, items[child] as T)) child++
      if (!this.#less(items[child] as T, item)) break
      items[index] = items[child] as T
      index = child
    }
    items[index] = item
  }
}
