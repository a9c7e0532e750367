import type { LogEntry, LogPlace, PlaceOwner } from './log-entry.ts'
import type { StoredMessage, StoredRun } from './queue-log.ts'

/** A queue whose messages are looked for among those that wait to be stored. */
export interface UnstoredOwner extends PlaceOwner {
  /** Whether the sequence is live and has a record, be it in flight. */
  has(sequence: number): boolean
  /** The first such sequence that is not before `from`. */
  next(from: number): number | undefined
}

/**
 * Those of a queue's messages from one sequence to another that are not stored yet, and that no stored
 * one stands before. They are the very messages that wait for their record, not copies, so that it
 * says what becomes of them. Without any, `next` is where the first one stands, or behind the end.
 */
export function readUnstored(
  entries: Iterable<LogEntry>,
  queue: UnstoredOwner,
  from: number,
  to: number,
): StoredRun {
  const unstored = new Map<number, StoredMessage>()
  for (const entry of entries) {
    // One that is stored again is to be had where it was.
    if (entry.block === null) collect(entry, queue, from, to, unstored)
  }
  const sequences = [...unstored.keys()].sort((a, b) => a - b)
  const messages: StoredMessage[] = []
  let next = from
  for (const sequence of sequences) {
    const stored = queue.next(next)
    if (stored !== undefined && stored < sequence) {
      return { messages, next: messages.length > 0 ? stored : sequence }
    }
    messages.push(unstored.get(sequence) as StoredMessage)
    next = sequence + 1
  }
  const stored = queue.next(next)
  if (messages.length > 0 && stored !== undefined && stored <= to) return { messages, next: stored }
  return { messages, next: to + 1 }
}

function collect(
  entry: LogEntry,
  queue: UnstoredOwner,
  from: number,
  to: number,
  into: Map<number, StoredMessage>,
): void {
  for (let place: LogPlace | null = entry; place !== null; place = place.next) {
    const { sequence, expiresAt } = place
    if (place.queue !== queue || sequence < from || sequence > to) continue
    // With its record in flight, only the queue knows what has become of it since.
    const isWaiting = entry.message.logEntry === entry
    if (!isWaiting && !queue.has(sequence)) continue
    const delivered = isWaiting ? place.delivered : queue.wasDelivered(sequence)
    into.set(sequence, { message: entry.message, sequence, delivered, expiresAt })
  }
}
