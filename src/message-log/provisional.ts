import type { Ticket } from './queue-log.ts'

/**
 * The ticket of what came to a queue that may still be taken back: half a number behind that of the others in its
 * batch. It becomes safe with these, or is refused then; so it says what becomes of a message that went to both.
 */
export const provisional = (ticket: Ticket): Ticket => ticket + 0.5

export const isProvisional = (ticket: Ticket): boolean => !Number.isInteger(ticket)
