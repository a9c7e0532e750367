import { Fifo } from '../base/fifo.ts'
import type { SpillSlot } from '../store/spill-store.ts'
import type { Page } from './page.ts'

/** Messages that the message log has: nothing of them is kept here. */
export interface LoggedRun {
  readonly kind: 'logged'
  from: number
  to: number
  count: number
  /** Of their bodies. */
  bodyBytes: number
}

/** One of them, by what is to be known of it without its bytes. */
export interface LoggedMessage {
  readonly sequence: number
  readonly bodyBytes: number
}

/** A page that is full. */
export interface PageRun {
  readonly kind: 'page'
  readonly from: number
  /** Those that were removed are still in the page. */
  count: number
  bodyBytes: number
  /** The last of them that the message log has too; -1 when that is none. */
  readonly lastLogged: number
  /** Null when it is not in memory. */
  page: Page | null
  /** Where it was written, if that was tried and has not failed. */
  slot: Promise<SpillSlot | null> | null
  /** Whether it has left the backlog, and what is written of it may be overwritten. */
  isGone: boolean
}

/** Runs, one behind the other: sequences only grow. */
export class BacklogRuns {
  readonly #runs = new Fifo<LoggedRun | PageRun>()
  #last: LoggedRun | PageRun | null = null

  get length(): number {
    return this.#runs.length
  }

  get first(): LoggedRun | PageRun | undefined {
    return this.#runs.peek()
  }

  push(run: LoggedRun | PageRun): void {
    this.#runs.push(run)
    this.#last = run
  }

  /** One more message that the message log has. */
  pushLogged(sequence: number, bodyBytes: number): void {
    const last = this.#last
    if (last?.kind === 'logged') {
      last.to = sequence
      last.count++
      last.bodyBytes += bodyBytes
    } else this.push({ kind: 'logged', from: sequence, to: sequence, count: 1, bodyBytes })
  }

  shift(): void {
    if (this.#runs.shift() === this.#last) this.#last = null
  }

  /** The one that a sequence belongs to; none when it is before all. */
  find(sequence: number): LoggedRun | PageRun | undefined {
    let found: LoggedRun | PageRun | undefined
    for (const run of this.#runs) {
      if (run.from > sequence) break
      found = run
    }
    return found
  }

  /** Takes one out, wherever it is. */
  remove(run: LoggedRun | PageRun): void {
    let index = 0
    for (const one of this.#runs) {
      if (one === run) break
      index++
    }
    this.#runs.removeAt(index)
    if (run === this.#last) this.#last = null
  }

  clear(): void {
    this.#runs.clear()
    this.#last = null
  }

  [Symbol.iterator](): Iterator<LoggedRun | PageRun> {
    return this.#runs[Symbol.iterator]()
  }
}
