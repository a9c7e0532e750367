import type { Message } from '../message/message.ts'
import type { Stretch } from './stretches.ts'

/** The number of a batch: what was noted with it is safe once `storedTicket` has reached it. See `provisional`. */
export type Ticket = number

/** A message as it was stored. */
export interface StoredMessage {
  readonly message: Message
  readonly sequence: number
  /** Whether somebody has had it. */
  readonly delivered: boolean
  /** When it expires, in milliseconds since 1970; 0 is never. */
  readonly expiresAt: number
}

/** Some messages of a queue, in the order of their sequences, and where reading goes on. */
export interface StoredRun {
  readonly messages: readonly StoredMessage[]
  readonly next: number
}

/** So many messages behind the first one that has that sequence, or a later one. */
export interface LogPosition {
  readonly sequence: number
  readonly skip: number
}

/**
 * What a durable queue tells of its persistent messages, so that they outlive the process, and where
 * it finds them again. Noting never waits: what one turn of the event loop notes is one record, or
 * several that are stored together.
 */
export interface QueueLog {
  /** How many messages are in the queue, and the first sequence that was never used. */
  readonly count: number
  readonly nextSequence: number
  /** The first sequence of a message that is stored; undefined when there is none. */
  readonly firstSequence: number | undefined
  /** How many bytes of bodies they had when the log was read; it does not change after that. */
  readonly bodyBytes: number
  /**
   * What is noted until the end of this turn is stored as one: all of it, or nothing. To be called before a
   * message is settled that goes elsewhere.
   */
  makeAtomic(): void
  /** The message is in the queue, at a sequence that is after all others there. */
  enqueue(message: Message, sequence: number, expiresAt?: number): Ticket
  /** Somebody has it: should it come back, it is redelivered. */
  deliver(message: Message, sequence: number): void
  /** It has left the queue for good. Messages that were never enqueued here are ignored. */
  settle(message: Message, sequence: number): void
  /** All from `from` to `to` have. */
  settleRange(from: number, to: number): void
  /**
   * As `deliver` and `settle`, of all from `from` to `to` that are known by their sequences alone: none of
   * these messages may have a `logEntry`. Sequences that were never enqueued are ignored.
   */
  deliverStored(from: number, to: number): void
  settleStored(from: number, to: number): void
  /**
   * Reads messages back that are in the queue, from a sequence on and up to another, as many as are
   * read at once. Waits for those that are being stored. Rejects when the journal cannot be read.
   */
  read(from: number, to: number): Promise<StoredRun>
  /** Where to read on to pass over so many of the messages from a sequence to another, without reading them. */
  passOver(from: number, to: number, count: number): LogPosition
  /**
   * What was found of messages with times when the log was read, in their order. To be asked for once,
   * before anything is noted.
   */
  takeStretches(): readonly Stretch[]
  /** The queue is no more, and nothing in it. */
  drop(): void
}
