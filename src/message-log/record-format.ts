import { FRAME_OVERHEAD } from 'amqp-codec'
import type { Message } from '../message/message.ts'
import type { LogEntry } from './log-entry.ts'

/**
 * A record: its version, then entries in this order. Integers are big-endian; sequences have 48 bits.
 *
 *     DELIVER  1 │ queue id: 4 │ runs: 4 │ { from: 6, count: 4 } …
 *     SETTLE   2 │ the same
 *     ENQUEUE  3 │ content length: 4 │ address length: 2 │ places: 4
 *                │ { queue id: 4, sequence: 6, delivered: 1 } …
 *                │ address: exchange and routing key, as short strings
 *                │ content: header frame and, unless the body is empty, one body frame
 *
 * Every message is whole by itself, so that one can be read without what stands before it. Of what
 * a journal says of a place, the last word counts: an ENQUEUE that comes again replaces the first.
 */
export const RECORD_VERSION = 1

export const DELIVER = 1
export const SETTLE = 2
export const ENQUEUE = 3

export const VERSION_BYTES = 1
export const SEQUENCE_BYTES = 6
export const ENQUEUE_HEAD_BYTES: number = 1 + 4 + 2 + 4
export const PLACE_BYTES: number = 4 + SEQUENCE_BYTES + 1
export const RUNS_HEAD_BYTES: number = 1 + 4 + 4
export const RUN_BYTES: number = SEQUENCE_BYTES + 4

/** What an entry takes in a record with the places that it has now. */
export function entryBytes(entry: LogEntry): number {
  return messageBytes(entry.message) + entry.placeCount * PLACE_BYTES
}

/** What an entry takes in a record, but for its places. */
export function messageBytes(message: Message): number {
  const { address } = message
  return ENQUEUE_HEAD_BYTES + address.end - address.start + contentBytes(message)
}

/** However many frames a body came in, it is kept in one: it is cut anew for each receiver. */
export function contentBytes(message: Message): number {
  if (message.isOneFrame) return message.end - message.start
  return message.headerFrameBytes + message.bodySize + FRAME_OVERHEAD
}
