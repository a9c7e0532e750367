import { ACCEPTED, type PublishOutcome, REJECTED } from '../../../src/exchange/destination.ts'
import type { TicketListener } from '../../../src/message-log/batch.ts'
import type { Ticket } from '../../../src/message-log/queue-log.ts'
import type { TicketSource } from '../../../src/message-log/ticket-source.ts'

/** Tickets of which each becomes safe, or is refused, when the test says so. */
export class LateTickets implements TicketSource {
  readonly #open = new Map<Ticket, TicketListener[]>()
  #last = 0
  #refused: Ticket | undefined

  /** A new one. */
  open(): Ticket {
    this.#open.set(++this.#last, [])
    return this.#last
  }

  settle(ticket: Ticket, outcome: PublishOutcome): void {
    const listeners = this.#open.get(ticket) ?? []
    this.#open.delete(ticket)
    const before = this.#refused
    this.#refused = outcome === REJECTED ? ticket : undefined
    for (const listener of listeners) listener.stored(ticket)
    this.#refused = before
  }

  outcomeOf(ticket: Ticket): PublishOutcome {
    if (this.#open.has(ticket)) return ticket
    return ticket === this.#refused ? REJECTED : ACCEPTED
  }

  joined(one: PublishOutcome, other: PublishOutcome): PublishOutcome {
    if (one === REJECTED || other === REJECTED) return REJECTED
    if (one <= ACCEPTED || other <= ACCEPTED) return Math.max(one, other)
    const both = this.open()
    let left = 2
    let outcome = ACCEPTED
    const stored = (ticket: Ticket): void => {
      if (this.outcomeOf(ticket) === REJECTED) outcome = REJECTED
      if (--left === 0) this.settle(both, outcome)
    }
    for (const ticket of [one, other]) this.listen({ stored }, ticket)
    return both
  }

  listen(listener: TicketListener, ticket: Ticket): void {
    this.#open.get(ticket)?.push(listener)
  }

  settled(): undefined {}

  makeAtomic(): void {}
}
