/**
 * How much memory the messages of all queues may take before they are kept elsewhere.
 *
 * A queue may have as much as is free at the time. So a single deep queue gets half of it all, many
 * deep ones share the most of it, and there is always room for those that are nearly empty.
 */
export class MessageBudget {
  readonly limitBytes: number
  #usedBytes = 0

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes
  }

  get usedBytes(): number {
    return this.#usedBytes
  }

  /** Whether a queue may have so much in memory, of which it has a part already. */
  allows(queueBytes: number): boolean {
    return queueBytes <= this.limitBytes - this.#usedBytes
  }

  /** A queue has so much more in memory, or less. */
  take(bytes: number): void {
    this.#usedBytes += bytes
  }
}
