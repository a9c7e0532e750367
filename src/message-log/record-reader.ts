import { readUint32, readUint48 } from '../message/big-endian.ts'
import type { Message } from '../message/message.ts'
import {
  assertWithin,
  StoredMessageReader,
  storedBodyBytes,
  storedMessageEnd,
} from '../message/stored-message.ts'
import { StoreError } from '../store/store-error.ts'
import {
  DELIVER,
  DELIVERED,
  ENQUEUE,
  ENQUEUE_HEAD_BYTES,
  EXPIRES,
  PLACE_BYTES,
  RECORD_VERSION,
  RUN_BYTES,
  RUNS_HEAD_BYTES,
  SEQUENCE_BYTES,
  SETTLE,
  STAMP,
  STAMP_HEAD_BYTES,
  STAMPED_VERSION,
  TIME_BYTES,
  VERSION_BYTES,
} from './record-format.ts'

/** The place of a message, as a record says it. Good until the next one is visited. */
export interface RecordedPlace {
  readonly queueId: number
  readonly sequence: number
  readonly delivered: boolean
  readonly expiresAt: number
  /** About what it takes in the record: a message's places share what that takes. */
  readonly bytes: number
  readonly messageBytes: number
  readonly bodyBytes: number
  /**
   * The message, the same at each of its places. It refers to the record's bytes. Throws RangeError
   * when they make no sense.
   */
  message(): Message
}

/** Takes the places of a record's messages, in their order. */
export interface PlaceVisitor {
  place(place: RecordedPlace): void
}

/** Takes what else a record says. */
export interface RunVisitor {
  delivered(queueId: number, from: number, count: number): void
  settled(queueId: number, from: number, count: number): void
  /** Good until this call returns. */
  stamp(stamp: Buffer): void
}

const NO_RECORD: Buffer = Buffer.alloc(0)

/** Reads what `RecordWriter` wrote; it is itself the place that is visited. */
export class RecordReader implements RecordedPlace {
  queueId = 0
  sequence = 0
  delivered = false
  expiresAt = 0
  bytes = 0
  readonly #messages = new StoredMessageReader()
  #record = NO_RECORD
  #message: Message | null = null
  #messageStart = 0
  #messageEnd = 0

  /**
   * Throws RangeError when the record makes no sense; all that stands before that place has been
   * given by then. Throws StoreError when a newer program has written it.
   */
  read(record: Buffer, places: PlaceVisitor, runs: RunVisitor | null): void {
    this.#record = record
    const version = record.readUInt8(0)
    if (version > STAMPED_VERSION) {
      throw new StoreError(
        `the journal has records of version ${version}, and this program reads ${STAMPED_VERSION} at most`,
      )
    }
    if (version < RECORD_VERSION) throw new RangeError(`it has version ${version}`)
    for (let at = VERSION_BYTES; at < record.length; ) {
      const kind = record[at]
      if (kind === ENQUEUE) at = this.#enqueue(record, at, places)
      else if (kind === DELIVER || kind === SETTLE) at = readRuns(record, at, runs)
      else if (kind === STAMP) at = readStamp(record, at, runs)
      else throw new RangeError(`it has an entry of kind ${kind} at ${at}`)
    }
    // The memory may be large, and nobody's until the next record is read.
    this.#record = NO_RECORD
    this.#message = null
  }

  get messageBytes(): number {
    return this.#messageEnd - this.#messageStart
  }

  get bodyBytes(): number {
    return storedBodyBytes(this.#record, this.#messageStart, this.#messageEnd)
  }

  message(): Message {
    this.#message ??= this.#messages.read(this.#record, this.#messageStart, this.#messageEnd)
    return this.#message
  }

  #enqueue(record: Buffer, start: number, visitor: PlaceVisitor): number {
    const placesStart = start + ENQUEUE_HEAD_BYTES
    assertWithin(record, placesStart)
    const placeCount = readUint32(record, start + 1)
    if (placeCount === 0) throw new RangeError(`it has a message in no queue at ${start}`)
    const messageStart = placesEnd(record, placesStart, placeCount)
    const end = storedMessageEnd(record, messageStart)
    this.#message = null
    this.#messageStart = messageStart
    this.#messageEnd = end
    this.bytes = Math.floor((end - start) / placeCount)
    for (let at = placesStart; at < messageStart; ) {
      const flags = record[at + PLACE_BYTES - 1] as number
      const expires = (flags & EXPIRES) !== 0
      this.queueId = readUint32(record, at)
      this.sequence = readUint48(record, at + 4)
      this.delivered = (flags & DELIVERED) !== 0
      this.expiresAt = expires ? readUint48(record, at + PLACE_BYTES) : 0
      visitor.place(this)
      at += expires ? PLACE_BYTES + TIME_BYTES : PLACE_BYTES
    }
    return end
  }
}

function readRuns(record: Buffer, start: number, visitor: RunVisitor | null): number {
  const runsStart = start + RUNS_HEAD_BYTES
  assertWithin(record, runsStart)
  const end = runsStart + readUint32(record, start + 5) * RUN_BYTES
  assertWithin(record, end)
  if (visitor === null) return end
  const queueId = readUint32(record, start + 1)
  for (let at = runsStart; at < end; at += RUN_BYTES) {
    const from = readUint48(record, at)
    const count = readUint32(record, at + SEQUENCE_BYTES)
    if (record[start] === DELIVER) visitor.delivered(queueId, from, count)
    else visitor.settled(queueId, from, count)
  }
  return end
}

function readStamp(record: Buffer, start: number, visitor: RunVisitor | null): number {
  const stampStart = start + STAMP_HEAD_BYTES
  assertWithin(record, stampStart)
  const end = stampStart + readUint32(record, start + 1)
  assertWithin(record, end)
  visitor?.stamp(record.subarray(stampStart, end))
  return end
}

function placesEnd(record: Buffer, start: number, placeCount: number): number {
  let at = start
  for (let left = placeCount; left > 0; left--) {
    assertWithin(record, at + PLACE_BYTES)
    const flags = record[at + PLACE_BYTES - 1] as number
    at += (flags & EXPIRES) === 0 ? PLACE_BYTES : PLACE_BYTES + TIME_BYTES
  }
  assertWithin(record, at)
  return at
}
