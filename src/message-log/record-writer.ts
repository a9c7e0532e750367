import { PartsWriter, referredBytes } from '../message/parts-writer.ts'
import type { BatchContent, QueueRuns } from './batch.ts'
import type { LogEntry, LogPlace } from './log-entry.ts'
import {
  DELIVER,
  DELIVERED,
  ENQUEUE,
  EXPIRES,
  MAX_RECORD_BYTES,
  RECORD_VERSION,
  RUN_BYTES,
  RUNS_HEAD_BYTES,
  SETTLE,
  STAMP,
  STAMP_HEAD_BYTES,
  STAMPED_VERSION,
  VERSION_BYTES,
} from './record-format.ts'
import type { SequenceRanges } from './sequence-ranges.ts'

/** Messages are added to a record until it is as large as this, unless all should be in one. */
const RECORD_BYTES = 256 * 1024

/** A record, to be stored. */
export interface WrittenRecord {
  /** What stands one behind the other; good until the next batch is written. */
  readonly parts: readonly Buffer[]
  readonly bytes: number
  readonly entries: readonly LogEntry[]
}

/** What is copied goes into the same memory each time, unless it is more than this. */
const KEPT_BYTES = 1024 * 1024

/** Makes records of batches. */
export class RecordWriter {
  readonly #writer = new PartsWriter()
  readonly #maxBytes: number
  #kept: Buffer = Buffer.alloc(0)

  constructor(maxBytes: number = MAX_RECORD_BYTES) {
    this.#maxBytes = maxBytes
  }

  /** The stamp says something of all of the batch: it is stored with the last of it. */
  write(batch: BatchContent, stamp: Buffer | null = null): readonly WrittenRecord[] {
    const chunks = cut(batch.entries, batch.isAtomic ? this.#maxBytes : RECORD_BYTES)
    this.#writer.begin(this.#memory(sizeOf(batch, chunks.length) + stampBytes(stamp)))
    // What takes the place of something that was settled must not be stored after that.
    const last = chunks.length - 1
    const records = chunks.map((entries, index) =>
      index === last ? this.#record(batch.runs, entries, stamp) : this.#record([], entries, null),
    )
    this.#writer.end()
    return records
  }

  #memory(bytes: number): Buffer {
    if (bytes > KEPT_BYTES) return Buffer.allocUnsafeSlow(bytes)
    if (bytes > this.#kept.length) {
      this.#kept = Buffer.allocUnsafeSlow(Math.min(KEPT_BYTES, bytes * 2))
    }
    return this.#kept
  }

  #record(
    runs: readonly QueueRuns[],
    entries: readonly LogEntry[],
    stamp: Buffer | null,
  ): WrittenRecord {
    this.#writer.uint8(stamp === null ? RECORD_VERSION : STAMPED_VERSION)
    for (const { queueId, deliveredRuns, settledRuns } of runs) {
      this.#runs(DELIVER, queueId, deliveredRuns)
      this.#runs(SETTLE, queueId, settledRuns)
    }
    for (const entry of entries) this.#enqueue(entry)
    if (stamp !== null) this.#stamp(stamp)
    const parts = this.#writer.take()
    return { parts, bytes: parts.reduce((sum, part) => sum + part.length, 0), entries }
  }

  #enqueue(entry: LogEntry): void {
    const writer = this.#writer
    writer.uint8(ENQUEUE)
    writer.uint32(entry.liveCount)
    for (let place: LogPlace | null = entry; place !== null; place = place.next) {
      if (place.queue !== null) this.#place(place.queue.queueId, place)
    }
    writer.message(entry.message)
  }

  #place(queueId: number, { sequence, delivered, expiresAt }: LogPlace): void {
    const writer = this.#writer
    writer.uint32(queueId)
    writer.uint48(sequence)
    writer.uint8((delivered ? DELIVERED : 0) | (expiresAt === 0 ? 0 : EXPIRES))
    if (expiresAt !== 0) writer.uint48(expiresAt)
  }

  #stamp(stamp: Buffer): void {
    const writer = this.#writer
    writer.uint8(STAMP)
    writer.uint32(stamp.length)
    writer.bytes(stamp)
  }

  #runs(kind: number, queueId: number, { runs }: SequenceRanges): void {
    if (runs.length === 0) return
    const writer = this.#writer
    writer.uint8(kind)
    writer.uint32(queueId)
    writer.uint32(runs.length / 2)
    for (let index = 0; index < runs.length; index += 2) {
      writer.uint48(runs[index] as number)
      writer.uint32(runs[index + 1] as number)
    }
  }
}

/** At least one, for what else there is to say. */
function cut(entries: readonly LogEntry[], recordBytes: number): readonly (readonly LogEntry[])[] {
  const chunks: LogEntry[][] = []
  let start = 0
  let bytes = 0
  for (let at = 0; at < entries.length; at++) {
    const entry = entries[at] as LogEntry
    if (bytes > 0 && bytes + entry.bytes > recordBytes) {
      chunks.push(entries.slice(start, at))
      start = at
      bytes = 0
    }
    bytes += entry.bytes
  }
  chunks.push(start === 0 ? (entries as LogEntry[]) : entries.slice(start))
  return chunks
}

/** What is copied of all records together. */
function sizeOf({ entries, runs }: BatchContent, recordCount: number): number {
  let size = VERSION_BYTES * recordCount
  for (const entry of entries) size += entry.bytes - referredBytes(entry.message)
  for (const { deliveredRuns, settledRuns } of runs) {
    size += runsBytes(deliveredRuns) + runsBytes(settledRuns)
  }
  return size
}

function runsBytes({ runs }: SequenceRanges): number {
  return runs.length === 0 ? 0 : RUNS_HEAD_BYTES + (runs.length / 2) * RUN_BYTES
}

function stampBytes(stamp: Buffer | null): number {
  return stamp === null ? 0 : STAMP_HEAD_BYTES + stamp.length
}
