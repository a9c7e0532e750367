import {
  contentHeaderBodySize,
  FRAME_BODY,
  FRAME_END,
  FRAME_HEADER,
  FRAME_HEADER_SIZE,
  FRAME_OVERHEAD,
} from 'amqp-codec'
import { Message, NO_MORE_RUNS } from '../message/message.ts'
import { PublishAddress } from '../message/publish-address.ts'
import { LogEntry } from './log-entry.ts'
import {
  DELIVER,
  ENQUEUE,
  ENQUEUE_HEAD_BYTES,
  PLACE_BYTES,
  RECORD_VERSION,
  RUN_BYTES,
  RUNS_HEAD_BYTES,
  SEQUENCE_BYTES,
  SETTLE,
  VERSION_BYTES,
} from './record-format.ts'

/** Takes what records say, in their order. */
export interface RecordVisitor {
  enqueued(entry: LogEntry): void
  delivered(queueId: number, from: number, count: number): void
  settled(queueId: number, from: number, count: number): void
}

/** A program that is newer than this one has written to the journal. */
export class RecordVersionError extends Error {
  override readonly name = 'RecordVersionError'
}

/** Reads what `RecordWriter` wrote. */
export class RecordReader {
  readonly #visitor: RecordVisitor
  /** That of the last message, which most share. */
  #address = new PublishAddress('', '', Buffer.alloc(0), 0, 0)

  constructor(visitor: RecordVisitor) {
    this.#visitor = visitor
  }

  /**
   * The messages refer to the record's bytes. Throws RangeError when it makes no sense; all that
   * stands before that place has been given by then. Throws RecordVersionError.
   */
  read(record: Buffer): void {
    const version = record.readUInt8(0)
    if (version > RECORD_VERSION) {
      throw new RecordVersionError(
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

  #enqueue(record: Buffer, start: number): number {
    const placesStart = start + ENQUEUE_HEAD_BYTES
    assertWithin(record, placesStart)
    const placeCount = record.readUInt32BE(start + 7)
    const addressStart = placesStart + placeCount * PLACE_BYTES
    const contentStart = addressStart + record.readUInt16BE(start + 5)
    const contentEnd = contentStart + record.readUInt32BE(start + 1)
    assertWithin(record, contentEnd)
    if (placeCount === 0) throw new RangeError(`it has a message in no queue at ${start}`)
    assertContent(record, contentStart, contentEnd)
    const address = this.#addressAt(record, addressStart, contentStart)
    const message = new Message(address, record, contentStart, contentEnd, NO_MORE_RUNS)
    this.#visitor.enqueued(readPlaces(record, placesStart, addressStart, message))
    return contentEnd
  }

  #addressAt(record: Buffer, start: number, end: number): PublishAddress {
    const last = this.#address
    if (record.compare(last.buffer, last.start, last.end, start, end) !== 0) {
      this.#address = readAddress(record, start, end)
    }
    return this.#address
  }

  #runs(record: Buffer, start: number, kind: number): number {
    const runsStart = start + RUNS_HEAD_BYTES
    assertWithin(record, runsStart)
    const queueId = record.readUInt32BE(start + 1)
    const end = runsStart + record.readUInt32BE(start + 5) * RUN_BYTES
    assertWithin(record, end)
    for (let at = runsStart; at < end; at += RUN_BYTES) {
      const from = record.readUIntBE(at, SEQUENCE_BYTES)
      const count = record.readUInt32BE(at + SEQUENCE_BYTES)
      if (kind === DELIVER) this.#visitor.delivered(queueId, from, count)
      else this.#visitor.settled(queueId, from, count)
    }
    return end
  }
}

function readPlaces(record: Buffer, start: number, end: number, message: Message): LogEntry {
  const sequence = record.readUIntBE(start + 4, SEQUENCE_BYTES)
  const delivered = record[start + PLACE_BYTES - 1] === 1
  const entry = new LogEntry(message, record.readUInt32BE(start), sequence, delivered)
  for (let at = start + PLACE_BYTES; at < end; at += PLACE_BYTES) {
    const further = record.readUIntBE(at + 4, SEQUENCE_BYTES)
    entry.add(record.readUInt32BE(at), further, record[at + PLACE_BYTES - 1] === 1)
  }
  return entry
}

/** The address gets memory of its own: it outlives the record, for as long as messages share it. */
function readAddress(record: Buffer, start: number, end: number): PublishAddress {
  const bytes = Buffer.from(record.subarray(start, end))
  const middle = 1 + bytes.readUInt8(0)
  if (middle + 1 + bytes.readUInt8(middle) !== bytes.length) {
    throw new RangeError(`it has a malformed address at ${start}`)
  }
  const exchange = bytes.toString('utf8', 1, middle)
  return new PublishAddress(exchange, bytes.toString('utf8', middle + 1), bytes, 0, bytes.length)
}

function assertContent(record: Buffer, start: number, end: number): void {
  const header = start + FRAME_HEADER_SIZE
  const bodyStart = endOfFrame(record, start, end, FRAME_HEADER)
  const isHeader = bodyStart - start >= FRAME_OVERHEAD + LEAST_HEADER_BYTES
  const bodyBytes = isHeader ? contentHeaderBodySize(record, header) : Number.NaN
  const bodyEnd = bodyBytes === 0 ? bodyStart : endOfFrame(record, bodyStart, end, FRAME_BODY)
  const isBody =
    bodyEnd === end && (bodyBytes === 0 || bodyEnd - bodyStart === bodyBytes + FRAME_OVERHEAD)
  if (!isBody) throw malformedContent(start)
}

/** Class id, weight, body size and property flags. */
const LEAST_HEADER_BYTES = 14

function endOfFrame(record: Buffer, start: number, limit: number, type: number): number {
  if (start + FRAME_OVERHEAD > limit || record[start] !== type) throw malformedContent(start)
  const end = start + FRAME_OVERHEAD + record.readUInt32BE(start + 3)
  if (end > limit || record[end - 1] !== FRAME_END) throw malformedContent(start)
  return end
}

function malformedContent(at: number): RangeError {
  return new RangeError(`it has malformed content at ${at}`)
}

function assertWithin(record: Buffer, end: number): void {
  if (end > record.length) throw new RangeError(`it ends within an entry, at ${record.length}`)
}
