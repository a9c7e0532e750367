import type { ConsumerTurns } from './consumer-ring.ts'
import type { QueueConsumer } from './queue.ts'

/** The consumers of a queue that is paused: they come, go and wait as ever, but it is nobody's turn. */
export class PausedConsumers implements ConsumerTurns {
  /** Whose turn it would be. */
  readonly turns: ConsumerTurns

  constructor(turns: ConsumerTurns) {
    this.turns = turns
  }

  get size(): number {
    return this.turns.size
  }

  keys(): IterableIterator<QueueConsumer> {
    return this.turns.keys()
  }

  add(consumer: QueueConsumer): void {
    this.turns.add(consumer)
  }

  delete(consumer: QueueConsumer): boolean {
    return this.turns.delete(consumer)
  }

  clear(): void {
    this.turns.clear()
  }

  resume(consumer: QueueConsumer): void {
    this.turns.resume(consumer)
  }

  next(): undefined {
    return undefined
  }
}
