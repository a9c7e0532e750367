import type { Message } from '../message/message.ts'

/** The number of a batch: what was noted with it is safe once `storedTicket` has reached it. */
export type Ticket = number

/**
 * What a durable queue tells of its persistent messages, so that they outlive the process. Nothing
 * here waits: what one turn of the event loop notes is one record, all of it or nothing.
 */
export interface QueueLog {
  /** The message is in the queue, at a sequence that no other has there. */
  enqueue(message: Message, sequence: number): Ticket
  /** Somebody has it: should it come back, it is redelivered. */
  deliver(message: Message, sequence: number): void
  /** It has left the queue for good. Messages that were never enqueued here are ignored. */
  settle(message: Message, sequence: number): void
}
