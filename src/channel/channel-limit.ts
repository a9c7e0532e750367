/** While memory is short, who holds more than this gets nothing before it has acknowledged. */
const UNACKED_WHEN_SHORT = 4096

/**
 * How many deliveries all consumers of a channel may have together that they have not acknowledged.
 * https://www.rabbitmq.com/docs/consumer-prefetch
 */
export class ChannelLimit {
  /** 0 is none. */
  prefetchCount = 0
  /** What `basic.get` took does not count. */
  unacked = 0
  readonly #isMemoryShort: () => boolean

  constructor(isMemoryShort: () => boolean) {
    this.#isMemoryShort = isMemoryShort
  }

  get hasCredit(): boolean {
    const limit = this.prefetchCount
    if (limit > 0 && this.unacked >= limit) return false
    return this.unacked < UNACKED_WHEN_SHORT || !this.#isMemoryShort()
  }

  /** How many more the client's limit allows. */
  get asked(): number {
    const limit = this.prefetchCount || Number.POSITIVE_INFINITY
    return Math.max(0, limit - this.unacked)
  }

  /** How many more it can take now. */
  get credit(): number {
    if (!this.#isMemoryShort()) return this.asked
    return Math.max(0, Math.min(this.asked, UNACKED_WHEN_SHORT - this.unacked))
  }
}
