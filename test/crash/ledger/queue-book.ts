import type { Copy } from './copy.ts'

/** What the ledger knows of one queue. */
export class QueueBook {
  readonly name: string
  readonly index: number
  /** All copies that may be in the queue or at a client. */
  readonly copies = new Set<Copy>()
  /** Of each lane the number that was delivered last, in this life of the broker. */
  order = new Map<number, number>()
  openSubscriptions = 0
  /** Deliveries that were received before are known to be stored. */
  deliveriesStoredBefore = 0
  /** What the broker said is in the queue, as long as nothing was published since. */
  #told: number | undefined
  #seenSince = 0
  #consumersLeaving = 0
  #consumerLeftAt = 0

  constructor(name: string, index: number) {
    this.name = name
    this.index = index
  }

  /**
   * When a consumer last left what it had: what was sent before may have been on its way to that
   * consumer, and so come with the mark without ever having been seen. `Infinity` as long as one is
   * about to, with the broker having seen to it or not.
   */
  get consumerLeftAt(): number {
    return this.#consumersLeaving > 0 ? Number.POSITIVE_INFINITY : this.#consumerLeftAt
  }

  consumerLeaving(): void {
    this.#consumersLeaving++
  }

  consumerLeft(now: number): void {
    this.#consumersLeaving--
    this.#consumerLeftAt = now
  }

  /** The broker's process has ended. */
  restarted(now: number): void {
    this.order = new Map()
    this.#consumersLeaving = 0
    this.#consumerLeftAt = now
  }

  published(copy: Copy): void {
    this.copies.add(copy)
    this.#told = undefined
  }

  /** A copy has been seen for the first time in this life of the broker. */
  saw(): void {
    this.#seenSince++
  }

  told(count: number): void {
    this.#told = count
    this.#seenSince = 0
  }

  /** The last count and what was seen since, when they should be the same and are not. */
  recount(): { readonly told: number; readonly seen: number } | undefined {
    const told = this.#told
    this.#told = undefined
    return told === undefined || told === this.#seenSince
      ? undefined
      : { told, seen: this.#seenSince }
  }

  /** How many messages are ready, at least and at most, if the broker has seen to all it was sent. */
  expectedCount(): { readonly least: number; readonly most: number } {
    let least = 0
    let most = 0
    for (const { presence } of this.copies) {
      if (presence === 'sure') least++
      if (presence !== 'none') most++
    }
    return { least, most }
  }
}
