/** A set in the order of its members' arrival, for few members mostly: a scan is faster then. */
export class OrderedSet<T> {
  readonly items: T[] = []
  #index: Set<T> | null = null

  /** Whether it was not there yet. */
  add(item: T): boolean {
    if (this.#has(item)) return false
    this.items.push(item)
    return true
  }

  #has(item: T): boolean {
    if (this.#index === null) {
      if (this.items.length < SCAN_LIMIT) return this.items.includes(item)
      this.#index = new Set(this.items)
    }
    if (this.#index.has(item)) return true
    this.#index.add(item)
    return false
  }
}

const SCAN_LIMIT = 12
