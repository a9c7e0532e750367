import type { Copy } from './copy.ts'
import type { QueueBook } from './queue-book.ts'

/**
 * How the broker stores, which says what a confirm is worth.
 *
 * `one journal`: all that the broker has seen to in one turn is stored as a whole, and in order. When
 * a message is confirmed, everything that was sent before it on the same connection is stored, and
 * so is every delivery that the client had received when it sent the message, on any connection.
 * A publish to several queues, or a transaction, is stored as a whole or not at all.
 *
 * `a journal a queue`: the same, but only of the queue that the message was routed to; nothing is
 * stored as a whole. That is RabbitMQ.
 */
export type Storage = 'one journal' | 'a journal a queue'

/** The acks of a connection that are not known to be stored, in the order of their sending. */
export class UnprovenAcks {
  readonly #byQueue = new Map<QueueBook, Copy[]>()

  add(copy: Copy): void {
    const acks = this.#byQueue.get(copy.queue)
    if (acks === undefined) this.#byQueue.set(copy.queue, [copy])
    else acks.push(copy)
  }

  /** Takes out the acks of these queues, of all if none are given, that were sent before. */
  takeBefore(time: number, queues: Iterable<QueueBook> = this.#byQueue.keys()): Copy[] {
    return [...queues].flatMap((queue) => {
      const acks = this.#byQueue.get(queue) ?? []
      const end = acks.findIndex(({ ackedAt }) => ackedAt >= time)
      return acks.splice(0, end < 0 ? acks.length : end)
    })
  }
}
