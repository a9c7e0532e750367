import type { Book } from './book.ts'
import type { Connection } from './connection.ts'
import type { Copy } from './copy.ts'
import { nameOf } from './history.ts'
import type { QueueBook } from './queue-book.ts'

/** A consumer of a queue, or a channel that gets from it, as its client sees it. */
export class Subscription {
  readonly queue: QueueBook
  readonly #book: Book
  readonly #connection: Connection
  readonly #order: Map<number, number>
  readonly #held = new Set<Copy>()
  #isOpen = true

  constructor(book: Book, connection: Connection, queue: QueueBook) {
    this.queue = queue
    this.#book = book
    this.#connection = connection
    // Those that share a queue each see a part of it, and which one came first nobody can tell.
    this.#order = queue.openSubscriptions === 0 ? queue.order : new Map()
    queue.openSubscriptions++
  }

  get held(): ReadonlySet<Copy> {
    return this.#held
  }

  /** A message came. `undefined` when there is no such message; it needs to be acked all the same. */
  deliver(lane: number, number: number, isRedelivered: boolean): Copy | undefined {
    const now = this.#book.tick()
    const entry = this.#book.lanes[lane]?.get(number)
    const copy = entry?.copies.find(({ queue }) => queue === this.queue)
    const what = isRedelivered ? 'delivered as redelivered from' : 'delivered from'
    const { index } = this.queue
    this.#book.happened({ what, lane, number, queue: index, connection: this.#connection.id })
    if (copy === undefined) {
      this.#reportStranger(lane, number, entry !== undefined)
      return undefined
    }
    this.#checkPresence(copy)
    this.#checkMark(copy, isRedelivered)
    this.#checkOrder(copy, isRedelivered)
    this.#hold(copy, now)
    return copy
  }

  ack(copy: Copy): void {
    this.#held.delete(copy)
    this.#connection.acked(copy)
  }

  requeue(copy: Copy): void {
    this.#held.delete(copy)
    this.#book.happenedTo('requeued to', copy, this.#connection.id)
    this.#giveBack(copy)
  }

  /** The consumer was cancelled and got nothing any more; what it holds it can still settle. */
  cancelled(): void {
    if (this.#isOpen) this.queue.openSubscriptions--
    this.#isOpen = false
  }

  /**
   * All that it holds, and all that is on its way to it and will not be looked at, is going to be in
   * the queue again: its channel is being closed, or has asked for recovery.
   */
  leaving(): void {
    this.#returnHeld()
    this.queue.consumerLeaving()
  }

  /** The broker has seen to that. */
  left(): void {
    this.queue.consumerLeft(this.#book.tick())
  }

  #returnHeld(): void {
    for (const copy of this.#held) {
      this.#book.happenedTo('returned by a lost consumer to', copy, this.#connection.id)
      this.#giveBack(copy)
    }
    this.#held.clear()
  }

  #giveBack(copy: Copy): void {
    copy.state = 'returned'
    copy.holder = undefined
  }

  #hold(copy: Copy, now: number): void {
    const { life } = this.#book
    if (copy.deliveredInLife !== life) {
      this.queue.saw()
      copy.deliveredInLife = life
      copy.deliveredAt = now
    }
    copy.unit.prove(life)
    copy.state = 'held'
    copy.holder?.forget(copy)
    copy.holder = this
    this.#held.add(copy)
  }

  /** Somebody else has it, or it is settled. */
  forget(copy: Copy): void {
    this.#held.delete(copy)
  }

  #reportStranger(lane: number, number: number, isElsewhere: boolean): void {
    const wasPublished = number >= 1 && number <= (this.#book.laneLengths[lane] ?? 0)
    const isBack = wasPublished && !isElsewhere
    const why = isBack
      ? 'it was settled, or could not outlive the broker'
      : wasPublished
        ? 'it was not routed there'
        : 'it was never published'
    this.#book.violated(
      isBack ? 'resurrected' : 'unknown',
      `${nameOf(lane, number)} came from ${this.queue.name}: ${why}`,
      [{ lane, number }],
    )
  }

  #checkPresence(copy: Copy): void {
    const violated = this.#book.violatedBy.bind(this.#book)
    if (copy.state === 'held') violated('doubled', copy, 'it came and is still held')
    if (copy.state === 'acked') violated('doubled', copy, 'it came after its ack')
    if (copy.state === 'gone') violated('resurrected', copy, 'it came after its end')
    if (copy.unit.certainty === 'open') violated('premature', copy, 'it came before its commit')
    if (copy.unit.certainty === 'never') violated('torn', copy, 'it came, its other parts did not')
    if (copy.state !== 'doubtful' || copy.settledBy === undefined) return
    // It is here, so its ack is not stored, and neither is the rest of its transaction.
    if (copy.settledBy.certainty === 'maybe') copy.settledBy.certainty = 'never'
    if (copy.settledBy.certainty === 'sure') {
      violated('torn', copy, 'it came, the rest of the transaction that acked it is there')
    }
    copy.settledBy = undefined
  }

  #checkMark(copy: Copy, isRedelivered: boolean): void {
    const wasDelivered = copy.isMarkStored || copy.deliveredInLife === this.#book.life
    if (wasDelivered && !isRedelivered) {
      this.#book.violatedBy('unmarked', copy, 'it came again, without the mark')
    }
    const isNew = copy.deliveredInLife === 0 && copy.entry.sentAt > this.queue.consumerLeftAt
    if (isNew && isRedelivered) {
      this.#book.violatedBy('marked', copy, 'it came with the mark, and nobody can have had it')
    }
  }

  #checkOrder(copy: Copy, isRedelivered: boolean): void {
    // What went back is ahead of what is there, wherever it was before. Messages that were on their
    // way to a consumer when it was lost went back as well, without having been seen.
    const mayBeBack = isRedelivered && this.queue.consumerLeftAt > this.#book.lifeBeganAt
    if (copy.deliveredInLife === this.#book.life || mayBeBack) return
    const { lane, number } = copy.entry
    const last = this.#order.get(lane) ?? 0
    if (number < last) {
      this.#book.violatedBy('reordered', copy, `it came after ${nameOf(lane, last)}`)
    }
    this.#order.set(lane, Math.max(last, number))
  }
}
