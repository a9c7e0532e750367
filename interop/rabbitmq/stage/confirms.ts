// Which publishes the broker has confirmed. How it groups them is its own affair; which of them it
// refuses is not.

import { BASIC_ACK, BASIC_NACK, type Method } from 'amqp-codec'

export class Confirms {
  #isOn = false
  #publishCount = 0
  #open = new Set<number>()
  #acked: number[] = []
  #nacked: number[] = []

  select(): void {
    this.#isOn = true
  }

  reset(): void {
    this.#isOn = false
    this.#publishCount = 0
    this.#open.clear()
  }

  published(): void {
    if (this.#isOn) this.#open.add(++this.#publishCount)
  }

  get isWaiting(): boolean {
    return this.#open.size > 0
  }

  /** Whether it confirms anything that was open: such are told by `summary`. */
  take(method: Method): boolean {
    if (method.id !== BASIC_ACK && method.id !== BASIC_NACK) return false
    const openCount = this.#open.size
    const settled = method.id === BASIC_ACK ? this.#acked : this.#nacked
    const { deliveryTag, multiple } = method
    for (const tag of this.#open) {
      if (tag !== deliveryTag && !(multiple && tag < deliveryTag)) continue
      this.#open.delete(tag)
      settled.push(tag)
    }
    return this.#open.size < openCount
  }

  /** What was confirmed since the last summary. */
  summary(): string {
    const parts = [listed('confirmed', this.#acked), listed('refused', this.#nacked)]
    this.#acked = []
    this.#nacked = []
    return parts.filter((part) => part !== '').join(', ') || 'nothing to confirm'
  }
}

function listed(what: string, tags: number[]): string {
  return tags.length === 0 ? '' : `${what} ${tags.sort((a, b) => a - b).join(' ')}`
}
