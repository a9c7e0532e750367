import type { Book } from './book.ts'
import type { Copy, CopyState, Entry, Unit } from './copy.ts'
import { Lane } from './lane.ts'
import { UnprovenAcks } from './stored-by-then.ts'
import { Subscription } from './subscription.ts'
import { Transaction } from './transaction.ts'

/** What a copy is in when its ack was not even sent. */
const STILL_THERE: ReadonlySet<CopyState> = new Set<CopyState>(['waiting', 'held', 'returned'])

/** A connection, whose methods the broker sees in the order in which they were sent. */
export class Connection {
  readonly id: number
  readonly #book: Book
  readonly #unproven = new UnprovenAcks()
  readonly #subscriptions = new Set<Subscription>()
  readonly #transactions = new Set<Transaction>()

  constructor(book: Book, id: number) {
    this.#book = book
    this.id = id
  }

  lane(): Lane {
    return new Lane(this.#book, this)
  }

  transaction(): Transaction {
    const transaction = new Transaction(this.#book, this)
    this.#transactions.add(transaction)
    return transaction
  }

  subscribe(queue: string): Subscription {
    const subscription = new Subscription(this.#book, this, this.#book.queue(queue))
    this.#subscriptions.add(subscription)
    return subscription
  }

  /** The channel of a consumer that was leaving is closed. */
  unsubscribe(subscription: Subscription): void {
    this.#subscriptions.delete(subscription)
    subscription.cancelled()
    subscription.left()
  }

  /** The connection is over, and with it all that was under way. */
  end(): void {
    for (const transaction of this.#transactions) transaction.lost()
    for (const subscription of this.#subscriptions) {
      // When the broker notices, nobody knows.
      subscription.leaving()
      subscription.cancelled()
    }
    this.#subscriptions.clear()
    for (const copy of this.#unproven.takeBefore(Number.POSITIVE_INFINITY)) copy.state = 'doubtful'
  }

  /** An ack is sent, be it as a part of a transaction. */
  acked(copy: Copy, settledBy?: Unit): void {
    copy.holder?.forget(copy)
    copy.holder = undefined
    copy.state = 'acked'
    copy.settledBy = settledBy
    copy.ackedAt = this.#book.tick()
    const what = settledBy === undefined ? 'acked to' : 'acked in a transaction to'
    this.#book.happenedTo(what, copy, this.id)
    this.#unproven.add(copy)
  }

  /**
   * All that is ready in a queue is going to be thrown away, by what is sent now. To be called only of
   * a queue that nobody else uses.
   */
  purge(queue: string): void {
    for (const copy of this.#book.queue(queue).copies) {
      if (copy.state !== 'acked') this.acked(copy)
    }
  }

  /** The queue was deleted, with all that it had. A queue of its name is another one. */
  deleted(queue: string): void {
    for (const copy of this.#book.queue(queue).copies) this.settled(copy)
  }

  /** The broker has refused it, and may have it nevertheless. */
  refused({ lane, number }: Entry): void {
    this.#book.happened({ what: 'refused', lane, number, connection: this.id })
  }

  /** The broker has confirmed it. */
  confirmed(entry: Entry): void {
    const { lane, number } = entry
    this.#book.happened({ what: 'confirmed', lane, number, connection: this.id })
    for (const { unit } of entry.copies) unit.confirm()
    this.proved(entry)
  }

  /**
   * The broker has stored this entry, so it has stored what it was sent before. An entry that may
   * have been settled meanwhile says nothing: there was no need to store it.
   */
  proved({ isPersistent, copies, sentAt }: Entry): void {
    if (!isPersistent) return
    const unsettled = copies.filter(({ state }) => STILL_THERE.has(state))
    if (unsettled.length === 0) return
    if (this.#book.storage === 'one journal') {
      this.#book.deliveriesStoredBefore = Math.max(this.#book.deliveriesStoredBefore, sentAt)
      for (const copy of this.#unproven.takeBefore(sentAt)) this.settled(copy)
      return
    }
    const queues = unsettled.map(({ queue }) => queue)
    for (const queue of queues) {
      queue.deliveriesStoredBefore = Math.max(queue.deliveriesStoredBefore, sentAt)
    }
    for (const copy of this.#unproven.takeBefore(sentAt, queues)) this.settled(copy)
  }

  /** The ack of this copy is stored. */
  settled(copy: Copy): void {
    if (copy.state !== 'acked') return
    this.#book.happenedTo('known to be settled in', copy, this.id)
    this.#book.remove(copy)
  }

  ended(transaction: Transaction): void {
    this.#transactions.delete(transaction)
  }
}
