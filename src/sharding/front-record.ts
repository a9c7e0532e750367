import { Fifo } from '../base/fifo.ts'
import { ACCEPTED, type PublishOutcome, REJECTED } from '../exchange/destination.ts'
import type { TicketSource } from '../message-log/ticket-source.ts'

/** Publishes, up to a number, with the same outcome. */
interface Run {
  upTo: number
  readonly outcome: PublishOutcome
}

/**
 * What an owner knows of a front's publishes, whatever becomes of the link between them: which there
 * were, which of these are safe, and which were rejected. Another owner is told of it by a stamp.
 */
export class FrontRecord {
  /** The last publish that came, and the last one that is safe, with all before it. */
  #applied: number
  #safe: number
  readonly #runs = new Fifo<Run>()
  #lastRun: Run | null = null
  /** Those that the front may not have heard of, in their order. */
  readonly #rejected: Set<number>
  /** When it had a session last; undefined while it has one. */
  leftMs: number | undefined

  constructor(applied = 0, rejected: readonly number[] = []) {
    this.#applied = applied
    this.#safe = applied
    this.#rejected = new Set(rejected)
  }

  get applied(): number {
    return this.#applied
  }

  get safe(): number {
    return this.#safe
  }

  get rejected(): ReadonlySet<number> {
    return this.#rejected
  }

  /** What became of the next publish. */
  published(number: number, outcome: PublishOutcome): void {
    this.#applied = number
    if (outcome === REJECTED) this.#rejected.add(number)
    const known = outcome === REJECTED ? ACCEPTED : outcome
    if (this.#lastRun?.outcome === known) {
      this.#lastRun.upTo = number
      return
    }
    this.#lastRun = { upTo: number, outcome: known }
    this.#runs.push(this.#lastRun)
  }

  /** Brings `safe` up to date. */
  lookAt(log: TicketSource | null): void {
    for (let run = this.#runs.peek(); run !== undefined; run = this.#runs.peek()) {
      if (log !== null && log.outcomeOf(run.outcome) > ACCEPTED) return
      this.#safe = run.upTo
      this.#runs.shift()
      if (run === this.#lastRun) this.#lastRun = null
    }
  }

  /** The front knows what became of all up to there. */
  forgetHeard(upTo: number): void {
    for (const number of this.#rejected) {
      if (number > upTo) return
      this.#rejected.delete(number)
    }
  }
}
