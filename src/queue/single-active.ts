import type { ConsumerTurns } from './consumer-ring.ts'
import type { QueueConsumer } from './queue.ts'

/**
 * The consumers of a queue of which one gets everything for as long as it is there, whether it can take
 * more or not. Then it is the turn of the first of those with the highest priority.
 * https://www.rabbitmq.com/docs/consumers#single-active-consumer
 */
export class SingleActive implements ConsumerTurns {
  readonly #consumers = new Set<QueueConsumer>()
  #active: QueueConsumer | undefined

  get size(): number {
    return this.#consumers.size
  }

  /** Who gets everything. */
  get active(): QueueConsumer | undefined {
    return this.#active
  }

  keys(): IterableIterator<QueueConsumer> {
    return this.#consumers.keys()
  }

  add(consumer: QueueConsumer): void {
    this.#consumers.add(consumer)
    this.#active ??= consumer
  }

  delete(consumer: QueueConsumer): boolean {
    if (!this.#consumers.delete(consumer)) return false
    if (this.#active === consumer) this.#active = this.#first()
    return true
  }

  clear(): void {
    this.#consumers.clear()
    this.#active = undefined
  }

  /** Nobody is passed over, so nobody has to come back. */
  resume(): void {}

  next(): QueueConsumer | undefined {
    return this.#active?.canTake() ? this.#active : undefined
  }

  #first(): QueueConsumer | undefined {
    let first: QueueConsumer | undefined
    for (const consumer of this.#consumers) {
      if (first === undefined || consumer.priority > first.priority) first = consumer
    }
    return first
  }
}
