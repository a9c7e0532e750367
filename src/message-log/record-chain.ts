import { Fifo } from '../base/fifo.ts'
import type { LogEntry, LogRecord } from './log-entry.ts'
import { entryBytes, messageBytes, PLACE_BYTES } from './record-format.ts'

/** Dead bytes that are tolerated for each live one. */
const DEAD_PER_LIVE = 3
/** At least this part of what may be untidy is looked through for stragglers in a turn, */
const LEAST_PASSED_PART = 1 / 16
/** and so many bytes for each that was stored last, so that what comes in cannot outrun it. */
const PASSED_PER_STORED = 2

/**
 * The records that the journal holds, oldest first, and how much of them is still needed.
 *
 *     [ dead ][ dead ][ 1 live ][ dead ][ 500 live ][ 20 live ]
 *      └── removed ──┘ └ a straggler: stored again at the end, when it holds up too much
 *
 * Only a run of dead records from the front is removed. So whatever a record says of earlier ones,
 * what was delivered or settled, is there for as long as what it speaks of.
 */
export class RecordChain {
  readonly #untidyBytes: number
  readonly #records = new Fifo<LogRecord>()
  #bytes = 0
  #liveBytes = 0
  #newestBytes = 0

  /** While no more than `untidyBytes` are stored, stragglers are left where they are. */
  constructor(untidyBytes: number) {
    this.#untidyBytes = untidyBytes
  }

  get bytes(): number {
    return this.#bytes
  }

  get liveBytes(): number {
    return this.#liveBytes
  }

  /** Whether so little of it is needed that it is worth the effort to store that again. */
  get isUntidy(): boolean {
    return this.#bytes > this.#untidyBytes && this.#bytes > this.#liveBytes * (DEAD_PER_LIVE + 1)
  }

  /** A record with these messages is going to be stored. */
  begin(bytes: number, entries: LogEntry[]): LogRecord {
    const record = { position: -1, bytes, liveCount: entries.length, entries }
    for (let index = 0; index < entries.length; index++) {
      const entry = entries[index] as LogEntry
      entry.record = record
      entry.index = index
      this.#liveBytes += entryBytes(entry)
    }
    return record
  }

  /** The record is safe, behind all others. */
  stored(record: LogRecord, position: number): void {
    record.position = position
    this.#records.push(record)
    this.#bytes += record.bytes
    this.#newestBytes = record.bytes
  }

  /** A message has been found in that record. */
  adopt(entry: LogEntry, record: LogRecord): void {
    this.#liveBytes += entryBytes(entry)
    this.move(entry, record)
  }

  /** The message is needed where that record has it, and no longer where it was. */
  move(entry: LogEntry, record: LogRecord): void {
    if (entry.record !== null) this.#remove(entry, entry.record)
    record.liveCount++
    entry.record = record
    entry.index = record.entries.push(entry) - 1
  }

  /** The entry, which is in a record, has got a place more. */
  grew(): void {
    this.#liveBytes += PLACE_BYTES
  }

  /** The entry, which is in that record, has lost a place. */
  shrank(entry: LogEntry, record: LogRecord): void {
    this.#liveBytes -= PLACE_BYTES
    if (entry.isLive) return
    this.#liveBytes -= messageBytes(entry.message)
    this.#remove(entry, record)
  }

  /** Forgets the dead records at the front, and gives the position of the last, or undefined. */
  takeDead(): number | undefined {
    let last: number | undefined
    for (let head = this.#records.peek(); head?.liveCount === 0; head = this.#records.peek()) {
      this.#records.shift()
      this.#bytes -= head.bytes
      last = head.position
    }
    return last
  }

  /**
   * Some messages to store again, oldest first; none while the chain is tidy. There are some when it
   * is not, as long as the first record is live.
   */
  stragglers(): readonly LogEntry[] {
    const stragglers: LogEntry[] = []
    if (!this.isUntidy) return stragglers
    const limit = Math.max(
      this.#untidyBytes * LEAST_PASSED_PART,
      this.#newestBytes * PASSED_PER_STORED,
    )
    let passedBytes = 0
    let foundBytes = 0
    for (const { entries, bytes } of this.#records) {
      for (const entry of entries) {
        if (entry === null) continue
        stragglers.push(entry)
        foundBytes += entryBytes(entry)
        if (foundBytes >= limit) return stragglers
      }
      passedBytes += bytes
      if (passedBytes >= limit) break
    }
    return stragglers
  }

  /** What left a record must not be kept alive by it, and a dead record keeps nothing at all. */
  #remove(entry: LogEntry, record: LogRecord): void {
    if (--record.liveCount === 0) record.entries = []
    else record.entries[entry.index] = null
  }
}
