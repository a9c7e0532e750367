import { NumberMap } from '../base/number-map.ts'
import { ACCEPTED, type PublishOutcome, REJECTED } from '../exchange/destination.ts'
import type { TicketListener } from '../message-log/batch.ts'
import type { Ticket } from '../message-log/queue-log.ts'
import type { TicketSource } from '../message-log/ticket-source.ts'

/** A ticket of which nobody knows yet what becomes of it. */
interface OpenTicket {
  listeners: TicketListener[]
  /** How many others it waits for. */
  awaited: number
  outcome: PublishOutcome
}

/**
 * The tickets of a node whose messages go to many places: each becomes safe, or is refused, by
 * itself, whenever the owner of its place says so.
 */
export class NodeTickets implements TicketSource {
  readonly #makeAtomic: () => void
  readonly #open = new NumberMap<OpenTicket>()
  #last: Ticket = 0
  /** What has just become known, while its listeners are told. */
  #told: Ticket = 0
  #toldOutcome: PublishOutcome = ACCEPTED

  /** `makeAtomic`: see `TicketSource`. */
  constructor(makeAtomic: () => void) {
    this.#makeAtomic = makeAtomic
  }

  /** A new one. */
  open(): Ticket {
    this.#open.set(++this.#last, { listeners: [], awaited: 0, outcome: ACCEPTED })
    return this.#last
  }

  /** It is known now what became of it. */
  settle(ticket: Ticket, outcome: PublishOutcome): void {
    const open = this.#open.take(ticket)
    if (open === undefined) return
    const [before, outcomeBefore] = [this.#told, this.#toldOutcome]
    this.#told = ticket
    this.#toldOutcome = outcome
    for (const listener of open.listeners) listener.stored(ticket)
    this.#told = before
    this.#toldOutcome = outcomeBefore
  }

  outcomeOf(ticket: Ticket): PublishOutcome {
    if (ticket <= 0) return ticket
    if (ticket === this.#told) return this.#toldOutcome
    return this.#open.has(ticket) ? ticket : ACCEPTED
  }

  joined(a: PublishOutcome, b: PublishOutcome): PublishOutcome {
    if (a === REJECTED || b === REJECTED) return REJECTED
    if (a === ACCEPTED || a === b) return b
    if (b === ACCEPTED) return a
    const joined = this.open()
    const open = this.#open.get(joined) as OpenTicket
    const listener: TicketListener = {
      stored: (ticket) => {
        if (this.outcomeOf(ticket) === REJECTED) open.outcome = REJECTED
        if (--open.awaited === 0) this.settle(joined, open.outcome)
      },
    }
    for (const part of [a, b]) {
      open.awaited++
      this.#open.get(part)?.listeners.push(listener)
    }
    return joined
  }

  /** Without a ticket it is told when all that are open now are known. */
  listen(listener: TicketListener, ticket?: Ticket): void {
    if (ticket !== undefined) {
      const open = this.#open.get(ticket)
      if (open === undefined) listener.stored(ticket)
      else open.listeners.push(listener)
      return
    }
    this.#whenAll(this.#open.values(), listener)
  }

  settled(tickets?: ReadonlySet<Ticket>): Promise<void> | undefined {
    const open =
      tickets === undefined
        ? this.#open.values()
        : [...tickets].flatMap((one) => this.#open.get(one) ?? [])
    if (open.length === 0) return undefined
    return new Promise((resolve) => this.#whenAll(open, { stored: () => resolve() }))
  }

  makeAtomic(): void {
    this.#makeAtomic()
  }

  #whenAll(all: readonly OpenTicket[], listener: TicketListener): void {
    let left = all.length
    if (left === 0) listener.stored(this.#last)
    const one: TicketListener = {
      stored: (known) => {
        if (--left === 0) listener.stored(known)
      },
    }
    for (const open of all) open.listeners.push(one)
  }
}
