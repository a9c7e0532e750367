import type { Message } from '../message/message.ts'
import { FurtherPlaces } from './further-places.ts'

/** A record of the journal, for as long as it may not be removed. */
export interface LogRecord {
  /** Where the journal keeps it; -1 until it does. */
  position: number
  readonly bytes: number
  /** How many of its messages are still in a queue. */
  liveCount: number
  /** Its messages; null where one has left its last queue. */
  entries: (LogEntry | null)[]
}

/**
 * A message in the log, stored once however many queues it is in. Its places are removed as they are
 * settled. Most messages are in one queue, so the first place needs no object of its own.
 */
export class LogEntry {
  readonly message: Message
  /** The record that it is in, or is being written in; null while it waits to be. */
  record: LogRecord | null = null
  /** Where it stands in its record's list. */
  index = 0
  queueId: number
  sequence: number
  delivered: boolean
  further: FurtherPlaces | null = null

  constructor(message: Message, queueId: number, sequence: number, delivered: boolean) {
    this.message = message
    this.queueId = queueId
    this.sequence = sequence
    this.delivered = delivered
  }

  /** Whether it is in any queue. */
  get isLive(): boolean {
    return this.queueId !== NO_QUEUE
  }

  get placeCount(): number {
    if (this.queueId === NO_QUEUE) return 0
    return this.further === null ? 1 : 1 + this.further.count
  }

  add(queueId: number, sequence: number, delivered: boolean): void {
    this.further ??= new FurtherPlaces()
    this.further.add(queueId, sequence, delivered)
  }

  wasDelivered(queueId: number, sequence: number): boolean {
    if (this.queueId === queueId && this.sequence === sequence) return this.delivered
    return this.further?.wasDelivered(queueId, sequence) === true
  }

  /** Whether that is news. */
  markDelivered(queueId: number, sequence: number): boolean {
    if (this.queueId === queueId && this.sequence === sequence) {
      if (this.delivered) return false
      this.delivered = true
      return true
    }
    return this.further?.markDelivered(queueId, sequence) === true
  }

  /** Whether it was there. */
  remove(queueId: number, sequence: number): boolean {
    if (this.queueId !== queueId || this.sequence !== sequence) {
      return this.further?.remove(queueId, sequence) === true
    }
    if (this.further === null || this.further.count === 0) this.queueId = NO_QUEUE
    else this.#takeFirst(this.further)
    return true
  }

  #takeFirst(further: FurtherPlaces): void {
    const { numbers } = further
    this.queueId = numbers[0] as number
    this.sequence = numbers[1] as number
    this.delivered = numbers[2] === 1
    further.removeFirst()
  }
}

const NO_QUEUE = -1
