import { Fifo } from '../base/fifo.ts'
import { ACCEPTED, REJECTED } from '../exchange/destination.ts'
import { memoryBytes } from '../message/memory-bytes.ts'
import type { Message } from '../message/message.ts'
import type { Ticket } from '../message-log/queue-log.ts'
import type { NodeTickets } from './node-tickets.ts'

/** A publish that the owner of its queue has not confirmed yet. */
export interface PendingPublish {
  readonly number: number
  readonly queue: number
  readonly message: Message
  readonly ticket: Ticket
  /** By the clock of this process; undefined for now. */
  readonly dueMs: number | undefined
}

const BEHIND_BYTES = 16 * 1024 * 1024

/** What was published to a place and may have to be published again, to another owner, in their order. */
export class PendingPublishes {
  readonly #tickets: NodeTickets
  readonly #onBehind: (isBehind: boolean) => void
  readonly #pending = new Fifo<PendingPublish>()
  readonly #rejected = new Set<number>()
  #lastNumber = 0
  #confirmedNumber = 0
  #ticket: Ticket = 0
  /** About what they take in memory. */
  #bytes = 0
  #isBehind = false
  /** Up to there an owner was sent them, and up to there one that is none any more. */
  #sentUpTo = 0
  #doubtfulUpTo = 0
  /** Of those with the ticket of the first one. */
  #isRejected = false

  /** `onBehind`: more waits for the owner than should, or no longer. */
  constructor(tickets: NodeTickets, onBehind: (isBehind: boolean) => void) {
    this.#tickets = tickets
    this.#onBehind = onBehind
  }

  get isEmpty(): boolean {
    return this.#pending.length === 0
  }

  /** `isAlone`: it may be rejected by itself, so it has a ticket of its own. */
  add(queue: number, message: Message, isAlone: boolean, dueMs?: number): PendingPublish {
    if (this.#ticket === 0 || isAlone) this.#ticket = this.#tickets.open()
    const pending = { number: ++this.#lastNumber, queue, message, ticket: this.#ticket, dueMs }
    if (isAlone) this.endTicket()
    this.#pending.push(pending)
    this.#bytes += memoryBytes(message)
    this.#checkBehind()
    return pending
  }

  /** What comes now has another ticket than what came before. */
  endTicket(): void {
    this.#ticket = 0
  }

  /** Up to there they may have been delivered by an owner that had not stored them. */
  get doubtfulUpTo(): number {
    return this.#doubtfulUpTo
  }

  /** The owner is being sent this one. */
  sent(number: number): void {
    this.#sentUpTo = Math.max(this.#sentUpTo, number)
  }

  /** There is another owner than that which was sent some of them. */
  ownerChanged(): void {
    this.#doubtfulUpTo = this.#sentUpTo
  }

  rejected(number: number): void {
    if (number > this.#confirmedNumber) this.#rejected.add(number)
  }

  /** All up to there are safe, or rejected. */
  confirmed(upTo: number): void {
    this.#settle(upTo)
    this.#checkBehind()
  }

  /** Nobody is going to say what became of them. */
  giveUp(): void {
    this.confirmed(this.#lastNumber)
  }

  /** Those that an owner does not know who knows all up to that number. */
  *after(upTo: number): Generator<PendingPublish> {
    for (const pending of this.#pending) if (pending.number > upTo) yield pending
  }

  #settle(upTo: number): void {
    for (let first = this.#pending.peek(); first !== undefined; first = this.#pending.peek()) {
      if (first.number > upTo) return
      this.#pending.shift()
      this.#bytes -= memoryBytes(first.message)
      this.#confirmedNumber = first.number
      if (this.#rejected.delete(first.number)) this.#isRejected = true
      // Those with one ticket follow each other, and it may not have ended yet.
      if (this.#pending.peek()?.ticket === first.ticket) continue
      if (this.#ticket === first.ticket) this.endTicket()
      const outcome = this.#isRejected ? REJECTED : ACCEPTED
      this.#isRejected = false
      this.#tickets.settle(first.ticket, outcome)
    }
  }

  #checkBehind(): void {
    const limit = this.#isBehind ? BEHIND_BYTES / 2 : BEHIND_BYTES
    const isBehind = this.#bytes > limit
    if (isBehind === this.#isBehind) return
    this.#isBehind = isBehind
    this.#onBehind(isBehind)
  }
}
