import type { Message } from '../message/message.ts'

/**
 * What became of a message that was offered to a queue: `REJECTED`, `ACCEPTED`, or the ticket of the
 * message log by which it is going to be safe.
 */
export type PublishOutcome = number
export const ACCEPTED = 0
/** The queue is full and refuses: a confirming publisher gets `basic.nack`. */
export const REJECTED = -1

/** A queue as routing sees it: where matching messages go. It may be on another machine. */
export interface QueueDestination {
  readonly kind: 'queue'
  readonly name: string
  publish(message: Message): PublishOutcome
  /** Whether it would be refused if it came now, which nothing follows from. */
  refuses(message: Message): boolean
}
