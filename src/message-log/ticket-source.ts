import type { TicketListener } from './batch.ts'
import type { Ticket } from './queue-log.ts'

/** The message log, as it is to those who have to know what is safe. */
export interface TicketSource {
  /** All that was noted with this ticket or an earlier one is safe. */
  readonly storedTicket: Ticket
  /** The ticket of what was noted last: when that is safe, so is everything until now. */
  readonly lastTicket: Ticket
  /** Calls back once, when all that was noted until now is safe. */
  listen(listener: TicketListener): void
  /** What is noted in this turn is stored as one: all of it, or nothing. */
  makeAtomic(): void
}

/** Resolves when all that was noted until now is safe; undefined when it is. */
export function whenStored(log: TicketSource | null): Promise<void> | undefined {
  if (log === null || log.lastTicket <= log.storedTicket) return undefined
  return new Promise((resolve) => log.listen({ stored: () => resolve() }))
}
