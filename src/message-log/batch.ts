import type { LogEntry } from './log-entry.ts'
import type { Ticket } from './queue-log.ts'
import type { SequenceRanges } from './sequence-ranges.ts'

/** What was delivered and settled of what a queue has in the journal. */
export interface QueueRuns {
  readonly queueId: number
  readonly delivered: SequenceRanges
  readonly settled: SequenceRanges
  clear(): void
}

/** What becomes a record. */
export interface BatchContent {
  /** Messages that are in no record yet. */
  readonly entries: LogEntry[]
  /** Messages that are in one, and shall be in this one. */
  readonly again: readonly LogEntry[]
  readonly runs: readonly QueueRuns[]
}

/** What has been noted since the last record was begun. */
export class Batch {
  readonly #onFirstNote: () => void
  #entries: LogEntry[] = []
  #again: LogEntry[] = []
  #runs: QueueRuns[] = []
  #ticket: Ticket = 1
  #isNoted = false

  constructor(onFirstNote: () => void) {
    this.#onFirstNote = onFirstNote
  }

  get ticket(): Ticket {
    return this.#ticket
  }

  /** Whether there is anything that is not in a record, or was at some time. */
  get isNoted(): boolean {
    return this.#isNoted
  }

  add(entry: LogEntry): Ticket {
    this.#entries.push(entry)
    return this.note()
  }

  addAgain(entry: LogEntry): Ticket {
    this.#again.push(entry)
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
      this.#onFirstNote()
    }
    return this.#ticket
  }

  /** Begins anew, and gives what there was, without the messages that have left their queues since. */
  take(): BatchContent {
    const content = {
      entries: this.#entries.filter((entry) => entry.isLive),
      again: this.#again.filter((entry) => entry.isLive),
      runs: this.#runs,
    }
    this.#entries = []
    this.#again = []
    this.#runs = []
    this.#ticket++
    this.#isNoted = false
    return content
  }
}
