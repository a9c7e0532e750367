// What a consumer's callback received, for a test to await: no polling, and nothing is missed
// between two calls.

/** A first-in, first-out collection that can be awaited. */
export class Inbox<T> {
  /** What arrived and was not taken yet, oldest first. */
  readonly waiting: T[] = []
  private takers: { count: number; resolve: (items: T[]) => void }[] = []

  /** Bound, so that it can be handed over as a callback. */
  readonly push = (item: T): void => {
    this.waiting.push(item)
    this.serve()
  }

  /** Resolves with the next `count` items as soon as there are that many. */
  take(count: number): Promise<T[]> {
    return new Promise((resolve) => {
      this.takers.push({ count, resolve })
      this.serve()
    })
  }

  /** Resolves with the next item. */
  async next(): Promise<T> {
    const [item] = await this.take(1)
    return item as T
  }

  private serve(): void {
    for (;;) {
      const taker = this.takers[0]
      if (taker === undefined || this.waiting.length < taker.count) return
      this.takers.shift()
      taker.resolve(this.waiting.splice(0, taker.count))
    }
  }
}
