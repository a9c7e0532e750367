import type { Message } from '../message/message.ts'
import { assertWithin, StoredMessageReader, storedMessageEnd } from '../message/stored-message.ts'
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
  TIME_BYTES,
  VERSION_BYTES,
} from './record-format.ts'

/** Takes what records say, in their order. */
export interface RecordVisitor {
  /** The place of a message, which `RecordReader.message` gives. */
  place(queueId: number, sequence: number, delivered: boolean, expiresAt: number): void
  delivered(queueId: number, from: number, count: number): void
  settled(queueId: number, from: number, count: number): void
}

/** Reads what `RecordWriter` wrote. */
export class RecordReader {
  readonly #visitor: RecordVisitor
  readonly #messages = new StoredMessageReader()
  #record: Buffer = Buffer.alloc(0)
  #message: Message | null = null
  #messageStart = 0
  #messageEnd = 0
  /** About what the place that is visited takes in the record. */
  placeBytes = 0

  constructor(visitor: RecordVisitor) {
    this.#visitor = visitor
  }

  /**
   * Throws RangeError when the record makes no sense; all that stands before that place has been
   * given by then. Throws StoreError when a newer program has
   * written it.
   */
  read(record: Buffer): void {
    this.#record = record
    const version = record.readUInt8(0)
    if (version > RECORD_VERSION) {
      throw new StoreError(
        `the journal has records of version ${version}, and this program reads ${RECORD_VERSION} at most`,
      )
    }
    if (version < RECORD_VERSION) throw new RangeError(`it has version ${version}`)
    for (let at = VERSION_BYTES; at < record.length; ) {
      const kind = record[at]
      if (kind === ENQUEUE) at = this.#enqueue(record, at)
      else if (kind === DELIVER || kind === SETTLE) at = this.#runs(record, at, kind)
      else throw new RangeError(`it has an entry of kind ${kind} at ${at}`)
    }
  }

  /**
   * The message whose place is visited, the same at each of its places. It refers to the record's
   * bytes. Throws RangeError when they make no sense.
   */
  message(): Message {
    this.#message ??= this.#messages.read(this.#record, this.#messageStart, this.#messageEnd)
    return this.#message
  }

  #enqueue(record: Buffer, start: number): number {
    assertWithin(record, start + ENQUEUE_HEAD_BYTES)
    const placeCount = record.readUInt32BE(start + 1)
    if (placeCount === 0) throw new RangeError(`it has a message in no queue at ${start}`)
    const placesStart = start + ENQUEUE_HEAD_BYTES
    this.#messageStart = placesEnd(record, placesStart, placeCount)
    this.#messageEnd = storedMessageEnd(record, this.#messageStart)
    this.#message = null
    this.placeBytes = Math.floor((this.#messageEnd - start) / placeCount)
    for (let at = placesStart, left = placeCount; left > 0; left--) {
      const flags = record[at + PLACE_BYTES - 1] as number
      const expires = (flags & EXPIRES) !== 0
      this.#visitor.place(
        readUint32(record, at),
        readUint48(record, at + 4),
        (flags & DELIVERED) !== 0,
        expires ? readUint48(record, at + PLACE_BYTES) : 0,
      )
      at += expires ? PLACE_BYTES + TIME_BYTES : PLACE_BYTES
    }
    return this.#messageEnd
  }

  #runs(record: Buffer, start: number, kind: number): number {
    const runsStart = start + RUNS_HEAD_BYTES
    assertWithin(record, runsStart)
    const queueId = record.readUInt32BE(start + 1)
    const end = runsStart + record.readUInt32BE(start + 5) * RUN_BYTES
    assertWithin(record, end)
    for (let at = runsStart; at < end; at += RUN_BYTES) {
      const from = readUint48(record, at)
      const count = record.readUInt32BE(at + SEQUENCE_BYTES)
      if (kind === DELIVER) this.#visitor.delivered(queueId, from, count)
      else this.#visitor.settled(queueId, from, count)
    }
    return end
  }
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

/** Four shifts are faster than the call, and this is read for every message at recovery. */
function readUint32(bytes: Buffer, at: number): number {
  const high = ((bytes[at] as number) << 8) | (bytes[at + 1] as number)
  const low = ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number)
  return high * 0x10000 + low
}

function readUint48(bytes: Buffer, at: number): number {
  return (
    (((bytes[at] as number) << 8) | (bytes[at + 1] as number)) * 0x1_0000_0000 +
    readUint32(bytes, at + 2)
  )
}
