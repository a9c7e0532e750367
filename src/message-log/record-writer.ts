import { copyBytes } from '../message/copy-bytes.ts'
import type { FrameRun, Message } from '../message/message.ts'
import type { BatchContent, QueueRuns } from './batch.ts'
import { contentPieces } from './content-pieces.ts'
import { PLACE_NUMBERS } from './further-places.ts'
import type { LogEntry } from './log-entry.ts'
import {
  contentBytes,
  DELIVER,
  ENQUEUE,
  entryBytes,
  RECORD_VERSION,
  RUN_BYTES,
  RUNS_HEAD_BYTES,
  SETTLE,
  VERSION_BYTES,
} from './record-format.ts'
import type { SequenceRanges } from './sequence-ranges.ts'

/** Larger pieces of content are not copied: the journal is given them where they are. */
const COPY_LIMIT_BYTES = 8 * 1024
/** What is copied goes into the same memory each time, unless it is more than this. */
const KEPT_BYTES = 1024 * 1024

/** Makes records of batches. */
export class RecordWriter {
  #kept: Buffer = Buffer.alloc(0)
  #copy: Buffer = this.#kept
  #parts: Buffer[] = []
  /** Where the part begins that is being written, and where it goes on. */
  #partStart = 0
  #at = 0

  /**
   * The parts of a record, to be stored one behind the other. They are good until the next record
   * is asked for.
   */
  write(batch: BatchContent): readonly Buffer[] {
    this.#begin(copiedBytes(batch))
    // They speak of earlier records; a sequence that became free may be a new message's in this one.
    for (const { queueId, delivered, settled } of batch.runs) {
      this.#runs(DELIVER, queueId, delivered)
      this.#runs(SETTLE, queueId, settled)
    }
    for (const entry of batch.entries) this.#enqueue(entry)
    for (const entry of batch.again) this.#enqueue(entry)
    this.#endPart()
    return this.#takeParts()
  }

  #begin(copiedBytes: number): void {
    if (copiedBytes > this.#kept.length && copiedBytes <= KEPT_BYTES) {
      this.#kept = Buffer.allocUnsafeSlow(Math.min(KEPT_BYTES, copiedBytes * 2))
    }
    const isKept = copiedBytes <= KEPT_BYTES
    this.#copy = isKept ? this.#kept : Buffer.allocUnsafeSlow(copiedBytes)
    this.#copy[0] = RECORD_VERSION
    this.#partStart = 0
    this.#at = VERSION_BYTES
  }

  #enqueue(entry: LogEntry): void {
    const { message } = entry
    const { address } = message
    let at = writeEnqueueHead(this.#copy, this.#at, entry)
    copyBytes(address.buffer, address.start, address.end, this.#copy, at)
    at += address.end - address.start
    if (isCopied(message)) {
      copyBytes(message.buffer, message.start, message.end, this.#copy, at)
      this.#at = at + message.end - message.start
      return
    }
    this.#at = at
    for (const piece of contentPieces(message)) this.#piece(piece)
  }

  #runs(kind: number, queueId: number, { runs }: SequenceRanges): void {
    if (runs.length === 0) return
    const copy = this.#copy
    copy[this.#at] = kind
    let at = writeUint32(copy, this.#at + 1, queueId)
    at = writeUint32(copy, at, runs.length / 2)
    for (let index = 0; index < runs.length; index += 2) {
      at = writeSequence(copy, at, runs[index] as number)
      at = writeUint32(copy, at, runs[index + 1] as number)
    }
    this.#at = at
  }

  #piece({ buffer, start, end }: FrameRun): void {
    if (end - start <= COPY_LIMIT_BYTES) {
      copyBytes(buffer, start, end, this.#copy, this.#at)
      this.#at += end - start
      return
    }
    this.#endPart()
    this.#parts.push(buffer.subarray(start, end))
  }

  #endPart(): void {
    if (this.#at > this.#partStart) this.#parts.push(this.#copy.subarray(this.#partStart, this.#at))
    this.#partStart = this.#at
  }

  /** Keeps nothing alive that belongs to the record. */
  #takeParts(): readonly Buffer[] {
    const parts = this.#parts
    this.#parts = []
    this.#copy = this.#kept
    return parts
  }
}

/** The size of a record without what is only referred to. */
function copiedBytes({ entries, again, runs }: BatchContent): number {
  let size = VERSION_BYTES
  for (const entry of entries) size += entryBytes(entry) - referredBytes(entry.message)
  for (const entry of again) size += entryBytes(entry) - referredBytes(entry.message)
  for (const { delivered, settled } of runs) size += runsBytes(delivered) + runsBytes(settled)
  return size
}

function isCopied(message: Message): boolean {
  return message.isOneFrame && message.end - message.start <= COPY_LIMIT_BYTES
}

function referredBytes(message: Message): number {
  if (isCopied(message)) return 0
  let size = 0
  for (const { start, end } of contentPieces(message)) {
    if (end - start > COPY_LIMIT_BYTES) size += end - start
  }
  return size
}

function runsBytes({ runs }: QueueRuns['settled']): number {
  return runs.length === 0 ? 0 : RUNS_HEAD_BYTES + (runs.length / 2) * RUN_BYTES
}

function writeEnqueueHead(record: Buffer, start: number, entry: LogEntry): number {
  const { message, further } = entry
  const addressBytes = message.address.end - message.address.start
  record[start] = ENQUEUE
  let at = writeUint32(record, start + 1, contentBytes(message))
  record[at] = addressBytes >>> 8
  record[at + 1] = addressBytes
  at = writeUint32(record, at + 2, entry.placeCount)
  at = writePlace(record, at, entry.queueId, entry.sequence, entry.delivered ? 1 : 0)
  if (further === null) return at
  const { numbers } = further
  for (let index = 0; index < numbers.length; index += PLACE_NUMBERS) {
    const sequence = numbers[index + 1] as number
    at = writePlace(record, at, numbers[index] as number, sequence, numbers[index + 2] as number)
  }
  return at
}

function writePlace(
  record: Buffer,
  start: number,
  queueId: number,
  sequence: number,
  delivered: number,
): number {
  const at = writeSequence(record, writeUint32(record, start, queueId), sequence)
  record[at] = delivered
  return at + 1
}

function writeSequence(record: Buffer, at: number, sequence: number): number {
  const high = Math.floor(sequence / 0x1_0000_0000)
  record[at] = high >>> 8
  record[at + 1] = high
  return writeUint32(record, at + 2, sequence)
}

function writeUint32(record: Buffer, at: number, value: number): number {
  record[at] = value >>> 24
  record[at + 1] = value >>> 16
  record[at + 2] = value >>> 8
  record[at + 3] = value
  return at + 4
}
