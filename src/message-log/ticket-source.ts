import { ACCEPTED, type PublishOutcome, REJECTED } from '../exchange/destination.ts'
import type { TicketListener } from './batch.ts'
import type { Ticket } from './queue-log.ts'

/** The message log, as it is to those who have to know what is safe. */
export interface TicketSource {
  /**
   * What has become of what was noted with a ticket: `ACCEPTED` when it is safe, the ticket itself as long
   * as nobody knows. `REJECTED` is only known while those are told who listen.
   */
  outcomeOf(ticket: Ticket): PublishOutcome
  /** What becomes of a message that went to two queues: refused if one refuses it, else safe with the last. */
  joined(one: PublishOutcome, other: PublishOutcome): PublishOutcome
  /**
   * Calls back once: when the outcome of that ticket is known, which was noted with just now; without one,
   * when all is safe that was noted until now. Tickets need not become safe in their order.
   */
  listen(listener: TicketListener, ticket?: Ticket): void
  /**
   * Resolves when all is safe, or was refused, that was noted until now; undefined when it is. Where tickets
   * do not become safe in their order, only of these tickets, if they are given.
   */
  settled(tickets?: ReadonlySet<Ticket>): Promise<void> | undefined
  /** What is noted in this turn is stored as one: all of it, or nothing. */
  makeAtomic(): void
}

/** As `TicketSource.settled`. */
export function whenStored(
  log: TicketSource | null,
  tickets: ReadonlySet<Ticket>,
): Promise<void> | undefined {
  return log?.settled(tickets)
}

/** What has become by now of what had that outcome. */
export function outcomeNow(log: TicketSource | null, outcome: PublishOutcome): PublishOutcome {
  if (outcome <= ACCEPTED) return outcome
  return log === null ? ACCEPTED : log.outcomeOf(outcome)
}

/** What becomes of what was published just now, and had that outcome. */
export function whenKnown(
  log: TicketSource | null,
  outcome: PublishOutcome,
): PublishOutcome | Promise<PublishOutcome> {
  const now = outcomeNow(log, outcome)
  if (now <= ACCEPTED) return now
  return new Promise((resolve) => {
    log?.listen({ stored: () => resolve(outcomeNow(log, now)) }, now)
  })
}

/**
 * What becomes together of publishes that had these outcomes just now: refused if one is. It is known when all is
 * safe that `TicketSource.settled` waits for.
 */
export function whenAllKnown(
  log: TicketSource | null,
  outcomes: ReadonlySet<PublishOutcome>,
): PublishOutcome | Promise<PublishOutcome> {
  let together = outcomes.has(REJECTED) ? REJECTED : ACCEPTED
  const settled = log?.settled(outcomes)
  if (settled === undefined) return together
  for (const outcome of outcomes) {
    if (outcome <= ACCEPTED) continue
    const stored = (): void => {
      if (outcomeNow(log, outcome) === REJECTED) together = REJECTED
    }
    log?.listen({ stored }, outcome)
  }
  return settled.then(() => together)
}

/** `joined` where tickets become safe in their order. */
export function joinedInOrder(one: PublishOutcome, other: PublishOutcome): PublishOutcome {
  return one === REJECTED || other === REJECTED ? REJECTED : Math.max(one, other)
}
