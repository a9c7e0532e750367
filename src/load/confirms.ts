import type { Ledger } from './ledger.ts'
import type { Tally } from './tally.ts'

/**
 * One producer's unconfirmed publishes: a ring of when each was sent, by
 * delivery tag, that is as long as the window. A tag confirmed twice, or never
 * published, is a fault.
 */
export class Confirms {
  readonly #sentAtUs: Float64Array
  readonly #done: Uint8Array
  readonly #mask: number
  readonly #ledger: Ledger
  readonly #tally: Tally
  #lastTag = 0
  #lowestOpen = 1
  outstanding = 0
  readonly #window: number

  constructor(window: number, ledger: Ledger, tally: Tally) {
    this.#window = window
    const size = 2 ** Math.ceil(Math.log2(window + 1))
    this.#sentAtUs = new Float64Array(size)
    this.#done = new Uint8Array(size)
    this.#mask = size - 1
    this.#ledger = ledger
    this.#tally = tally
  }

  /** How many may be published: the window begins at the first that is not confirmed. */
  get allowed(): number {
    return this.#window - (this.#lastTag + 1 - this.#lowestOpen)
  }

  published(atUs: number): void {
    const slot = ++this.#lastTag & this.#mask
    this.#sentAtUs[slot] = atUs
    this.#done[slot] = 0
    this.outstanding++
  }

  /** A `basic.ack` or `basic.nack` from the broker. */
  confirmed(tag: number, multiple: boolean, nack: boolean, atUs: number): void {
    const first = multiple ? this.#lowestOpen : tag
    const last = multiple && tag === 0 ? this.#lastTag : tag
    if (last > this.#lastTag || first < this.#lowestOpen) {
      this.#ledger.fault('confirms of what is not outstanding')
      return
    }
    for (let each = first; each <= last; each++) {
      const slot = each & this.#mask
      if (this.#done[slot] === 1) {
        if (!multiple) this.#ledger.fault('confirmed twice')
        continue
      }
      this.#done[slot] = 1
      this.outstanding--
      this.#tally.confirmed++
      this.#tally.confirmLatency.add(atUs - (this.#sentAtUs[slot] as number))
      if (nack) this.#ledger.fault('refused')
    }
    while (this.#lowestOpen <= this.#lastTag && this.#done[this.#lowestOpen & this.#mask] === 1) {
      this.#lowestOpen++
    }
  }
}
