import type { Message } from '../message/message.ts'
import { storedBytes } from '../message/stored-message.ts'
import type { Block } from './block-chain.ts'
import { ENQUEUE_HEAD_BYTES, placeBytes } from './record-format.ts'

/** A queue, as records know it. */
export interface PlaceOwner {
  readonly queueId: number
  /** A record of that block, which is new, has the sequence. */
  place(sequence: number, delivered: boolean, block: Block): void
  /** Whether the sequence is live, and stored in that block. */
  isAt(sequence: number, block: Block): boolean
  /** Whether somebody has had it, of those that are live. */
  wasDelivered(sequence: number): boolean
  /** The sequence is stored in that block from now on. */
  move(sequence: number, block: Block): void
}

/** A message's place in a queue, which a record is going to say. */
export interface LogPlace {
  /** Null when it has left the queue meanwhile. */
  queue: PlaceOwner | null
  readonly sequence: number
  readonly expiresAt: number
  delivered: boolean
  next: LogPlace | null
}

/** What a place is when it is new. */
export interface NewPlace {
  readonly queue: PlaceOwner
  readonly sequence: number
  readonly expiresAt: number
}

/**
 * A message that waits for its record, with all its places, so that it is stored once however many
 * queues it is in. Most are in one: the entry is its own first place.
 */
export class LogEntry implements LogPlace {
  readonly message: Message
  /** Where it is stored already, if it is, in all its places. */
  readonly block: Block | null
  queue: PlaceOwner | null
  readonly sequence: number
  readonly expiresAt: number
  delivered = false
  next: LogPlace | null = null
  /** What it takes in a record with the places that it has now. */
  #bytes: number
  /** How many of its places are still places. */
  #liveCount = 1
  /**
   * A fanout may have thousands of places, and the queues mostly deliver and settle a message in the
   * order in which they got it: so a search goes on from where the last one ended.
   */
  #cursor: LogPlace = this
  #last: LogPlace = this

  constructor(message: Message, { queue, sequence, expiresAt }: NewPlace, block: Block | null) {
    this.message = message
    this.block = block
    this.queue = queue
    this.sequence = sequence
    this.expiresAt = expiresAt
    this.#bytes = ENQUEUE_HEAD_BYTES + placeBytes(expiresAt) + storedBytes(message)
  }

  get isLive(): boolean {
    return this.#liveCount > 0
  }

  get liveCount(): number {
    return this.#liveCount
  }

  get bytes(): number {
    return this.#bytes
  }

  add({ queue, sequence, expiresAt }: NewPlace): void {
    const added = { queue, sequence, expiresAt, delivered: false, next: null }
    this.#last.next = added
    this.#last = added
    this.#liveCount++
    this.#bytes += placeBytes(expiresAt)
  }

  find(queue: PlaceOwner, sequence: number): LogPlace | undefined {
    const found = search(this.#cursor, null, queue, sequence)
    if (found === undefined && this.#cursor === this) return undefined
    const place = found ?? search(this, this.#cursor, queue, sequence)
    if (place !== undefined) this.#cursor = place
    return place
  }

  remove(place: LogPlace): void {
    if (place.queue === null) return
    place.queue = null
    this.#liveCount--
    this.#bytes -= placeBytes(place.expiresAt)
  }

  /** Removes what it has between, and says of its message if nothing is left. */
  removeRange(queue: PlaceOwner, from: number, to: number): void {
    removeBetween(this, queue, from, to)
    if (!this.isLive && this.message.logEntry === this) this.message.logEntry = null
  }
}

function removeBetween(entry: LogEntry, queue: PlaceOwner, from: number, to: number): void {
  for (let place: LogPlace | null = entry; place !== null; place = place.next) {
    const { sequence } = place
    if (place.queue === queue && sequence >= from && sequence <= to) entry.remove(place)
  }
}

function search(
  from: LogPlace,
  until: LogPlace | null,
  queue: PlaceOwner,
  sequence: number,
): LogPlace | undefined {
  for (let place: LogPlace | null = from; place !== null && place !== until; place = place.next) {
    if (place.queue === queue && place.sequence === sequence) return place
  }
  return undefined
}
