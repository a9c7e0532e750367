import type { Book } from './book.ts'
import type { Connection } from './connection.ts'
import { Copy, type Entry, Unit } from './copy.ts'
import type { Transaction } from './transaction.ts'

export interface Publish {
  /** The queues that it is routed to, all of them durable. */
  readonly queues: readonly string[]
  readonly isPersistent?: boolean
  readonly transaction?: Transaction
}

/** A row of publishes whose order queues keep: all of a channel, or all of one priority on it. */
export class Lane {
  readonly id: number
  readonly #book: Book
  readonly #connection: Connection

  constructor(book: Book, connection: Connection) {
    this.#book = book
    this.#connection = connection
    this.id = book.lanes.push(new Map()) - 1
    book.laneLengths.push(0)
  }

  /** A message is sent. */
  publish({ queues, isPersistent = true, transaction }: Publish): Entry {
    const number = (this.#book.laneLengths[this.id] ?? 0) + 1
    this.#book.laneLengths[this.id] = number
    const copies: Copy[] = []
    const entry = { lane: this.id, number, isPersistent, copies, sentAt: this.#book.tick() }
    const shared = transaction?.unit ?? this.#unit('maybe')
    for (const name of queues) {
      const queue = this.#book.queue(name)
      const isWhole = this.#book.storage === 'one journal'
      const unit = isWhole ? shared : this.#unit(shared.certainty)
      const copy = new Copy(entry, queue, unit)
      copies.push(copy)
      queue.published(copy)
      this.#book.happenedTo('published to', copy, this.#connection.id)
    }
    if (copies.length > 0) this.#book.lanes[this.id]?.set(number, entry)
    transaction?.add(entry)
    return entry
  }

  #unit(certainty: 'open' | 'maybe' | 'sure' | 'never'): Unit {
    return new Unit(certainty, this.#book.life)
  }
}
