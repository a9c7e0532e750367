import type { LogEntry } from './log-entry.ts'
import type { Ticket } from './queue-log.ts'
import type { SequenceRanges } from './sequence-ranges.ts'

/** What was delivered and settled of what a queue has in the journal. */
export interface QueueRuns {
  readonly queueId: number
  readonly deliveredRuns: SequenceRanges
  readonly settledRuns: SequenceRanges
  clearRuns(): void
}

/** Told when it is known what has become of what it waits for. */
export interface TicketListener {
  /** All that was noted with this ticket is safe, or was refused since: see `TicketSource.outcomeOf`. */
  stored(ticket: Ticket): void
}

/** What becomes one record, or several. */
export interface BatchContent {
  readonly entries: readonly LogEntry[]
  readonly runs: readonly QueueRuns[]
  /** Whether it must be one record: all of it or nothing. */
  readonly isAtomic: boolean
  readonly listeners: TicketListener[]
}

export interface BatchOptions {
  /** How much it may grow before it is full, though it takes more. */
  readonly limitBytes: number
  readonly onFirstNote: () => void
  /** It is full, or is not any more. */
  readonly onFull: (isFull: boolean) => void
}

/** What has been noted since the last record was begun. */
export class Batch {
  readonly #options: BatchOptions
  #entries: LogEntry[] = []
  #runs: QueueRuns[] = []
  #listeners: TicketListener[] = []
  #ticket: Ticket = 1
  #isNoted = false
  #isAtomic = false
  #bytes = 0

  constructor(options: BatchOptions) {
    this.#options = options
  }

  get ticket(): Ticket {
    return this.#ticket
  }

  /** Whether there is anything that is not in a record, or was at some time. */
  get isNoted(): boolean {
    return this.#isNoted
  }

  /** Messages that are to be stored, those too that may have left their queues since. */
  get entries(): readonly LogEntry[] {
    return this.#entries
  }

  get isFull(): boolean {
    return this.#bytes >= this.#options.limitBytes
  }

  add(entry: LogEntry): Ticket {
    this.#entries.push(entry)
    const wasFull = this.isFull
    this.#bytes += entry.bytes
    if (!wasFull && this.isFull) this.#options.onFull(true)
    return this.note()
  }

  /** Something has come to these runs, for the first time in this batch. */
  addRuns(runs: QueueRuns): void {
    this.#runs.push(runs)
    this.note()
  }

  note(): Ticket {
    if (!this.#isNoted) {
      this.#isNoted = true
      this.#options.onFirstNote()
    }
    return this.#ticket
  }

  get isAtomic(): boolean {
    return this.#isAtomic
  }

  makeAtomic(): void {
    this.#isAtomic = true
  }

  listen(listener: TicketListener): void {
    this.#listeners.push(listener)
  }

  /** Begins anew, and gives what there was, without the messages that have left their queues since. */
  take(): BatchContent {
    const content = {
      entries: this.#entries.filter((entry) => entry.isLive),
      runs: this.#runs,
      isAtomic: this.#isAtomic,
      listeners: this.#listeners,
    }
    this.#entries = []
    this.#runs = []
    this.#listeners = []
    this.#ticket++
    this.#isNoted = false
    this.#isAtomic = false
    const wasFull = this.isFull
    this.#bytes = 0
    if (wasFull) this.#options.onFull(false)
    return content
  }
}
