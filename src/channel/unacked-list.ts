import type { Delivery } from './delivery.ts'

const FIRST_CAPACITY = 16
const VISIT_LIMIT = 8192
/** A ring that is larger goes when the list has become empty. */
const KEPT_CAPACITY = 4096

/**
 * What a channel has delivered and not had settled, by delivery tag: a ring of which both ends are
 * cheap, since tags only grow and are mostly settled from the front.
 *
 * A tag is found where it would stand if no tag were missing, or, when some were taken out of the
 * middle or went to consumers that do not acknowledge, by binary search below that place.
 */
export class UnackedList {
  #capacity = 0
  #deliveries: (Delivery | undefined)[] = []
  #tags = new Float64Array(0)
  /** Ring positions, which only grow; the slot is the position modulo the capacity. */
  #head = 0
  #tail = 0
  #length = 0
  /** Where `visitNew` goes on. */
  #visited = 0

  get length(): number {
    return this.#length
  }

  /** The oldest. */
  get first(): Delivery | undefined {
    return this.#length === 0 ? undefined : this.#deliveries[this.#head & (this.#capacity - 1)]
  }

  /** Tags must grow. */
  push(delivery: Delivery): void {
    if (this.#tail - this.#head === this.#capacity) this.#makeRoom()
    const slot = this.#tail++ & (this.#capacity - 1)
    this.#deliveries[slot] = delivery
    this.#tags[slot] = delivery.deliveryTag
    this.#length++
  }

  /** Takes one out, if it is there. */
  take(deliveryTag: number): Delivery | undefined {
    const position = this.#find(deliveryTag)
    return position < 0 ? undefined : this.#remove(position)
  }

  /** Takes all up to and including that tag; false, and nothing is taken, when it is not there. */
  takeUpTo(deliveryTag: number, into: Delivery[]): boolean {
    const last = this.#find(deliveryTag)
    if (last < 0) return false
    for (let position = this.#head; position <= last; position++) {
      if (this.#deliveries[position & (this.#capacity - 1)] === undefined) continue
      into.push(this.#remove(position) as Delivery)
    }
    return true
  }

  takeAll(into: Delivery[]): void {
    for (const delivery of this) into.push(delivery)
    this.#refill(0, [])
  }

  /** Back to where they were, at any place. */
  putBack(deliveries: readonly Delivery[]): void {
    if (deliveries.every((delivery) => this.#putBackInPlace(delivery))) return
    const all = new Set([...this, ...deliveries])
    const sorted = [...all].sort((a, b) => a.deliveryTag - b.deliveryTag)
    this.#refill(this.#capacity, sorted)
  }

  /** Whether the ring still had its slot, as it has until it makes room. */
  #putBackInPlace(delivery: Delivery): boolean {
    const mask = this.#capacity - 1
    let low = Math.max(0, this.#tail - this.#capacity)
    let high = this.#tail
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      if ((this.#tags[middle & mask] as number) < delivery.deliveryTag) low = middle + 1
      else high = middle
    }
    if (low === this.#tail || this.#tags[low & mask] !== delivery.deliveryTag) return false
    if (this.#deliveries[low & mask] === undefined) this.#length++
    this.#deliveries[low & mask] = delivery
    this.#head = Math.min(this.#head, low)
    this.#visited = Math.min(this.#visited, low)
    return true
  }

  /**
   * Calls back for deliveries up to that tag that it has not called back for yet, some thousands at
   * the most.
   */
  visitNew(upToTag: number, visit: (delivery: Delivery) => void): void {
    const mask = this.#capacity - 1
    let position = Math.max(this.#visited, this.#head)
    const end = Math.min(this.#tail, position + VISIT_LIMIT)
    for (; position < end && (this.#tags[position & mask] as number) <= upToTag; position++) {
      const delivery = this.#deliveries[position & mask]
      if (delivery !== undefined) visit(delivery)
    }
    this.#visited = position
  }

  /** In the order of tags. */
  *[Symbol.iterator](): Generator<Delivery> {
    for (let position = this.#head; position < this.#tail; position++) {
      const delivery = this.#deliveries[position & (this.#capacity - 1)]
      if (delivery !== undefined) yield delivery
    }
  }

  #find(deliveryTag: number): number {
    if (this.#length === 0) return -1
    const mask = this.#capacity - 1
    const head = this.#head
    let low = head
    let high = Math.min(this.#tail - 1, head + deliveryTag - (this.#tags[head & mask] as number))
    if (high >= low && this.#tags[high & mask] === deliveryTag) low = high
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      if ((this.#tags[middle & mask] as number) < deliveryTag) low = middle + 1
      else high = middle
    }
    const found = high >= head && this.#tags[low & mask] === deliveryTag
    return found && this.#deliveries[low & mask] !== undefined ? low : -1
  }

  #remove(position: number): Delivery | undefined {
    const mask = this.#capacity - 1
    const delivery = this.#deliveries[position & mask]
    this.#deliveries[position & mask] = undefined
    this.#length--
    while (this.#head < this.#tail && this.#deliveries[this.#head & mask] === undefined)
      this.#head++
    if (this.#length === 0 && this.#capacity > KEPT_CAPACITY) this.#refill(0, [])
    return delivery
  }

  /** Closes the gaps that settled ones left, and grows only if there were few. */
  #makeRoom(): void {
    const live = [...this]
    let capacity = Math.max(this.#capacity, FIRST_CAPACITY)
    while (live.length * 2 > capacity) capacity *= 2
    this.#refill(capacity, live)
  }

  #refill(capacity: number, deliveries: readonly Delivery[]): void {
    this.#capacity = capacity
    this.#deliveries = new Array<Delivery | undefined>(capacity).fill(undefined)
    this.#tags = new Float64Array(capacity)
    this.#head = 0
    this.#tail = 0
    this.#length = 0
    this.#visited = 0
    for (const delivery of deliveries) this.push(delivery)
  }
}
