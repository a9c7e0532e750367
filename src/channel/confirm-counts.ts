import { Fifo } from '../base/fifo.ts'
import { PublishCounts } from '../vhost/message-pairs.ts'

/** From the publish after that one on, it was another exchange. */
interface Turn {
  readonly after: number
  readonly counts: PublishCounts
}

/**
 * Counts confirmed publishes of a channel where they were published to. Nothing is kept of a publish that
 * goes to the same exchange as the one before.
 */
export class ConfirmCounts {
  readonly #turns = new Fifo<Turn>()
  /** Where the first one belongs that is not settled. */
  #oldest = new PublishCounts()
  #settled = 0

  /** After so many publishes, the next ones go elsewhere. */
  turn(after: number, counts: PublishCounts): void {
    this.#turns.push({ after, counts })
  }

  /** All publishes up to that one which were not before. */
  confirmed(upTo: number): void {
    this.#settle(upTo, 1)
  }

  refused(upTo: number): void {
    this.#settle(upTo, 0)
  }

  #settle(upTo: number, weight: 0 | 1): void {
    for (let turn = this.#turns.peek(); turn !== undefined; turn = this.#turns.peek()) {
      if (turn.after >= upTo) break
      this.#turns.shift()
      this.#oldest.confirmed += (turn.after - this.#settled) * weight
      this.#settled = turn.after
      this.#oldest = turn.counts
    }
    this.#oldest.confirmed += (upTo - this.#settled) * weight
    this.#settled = upTo
  }
}
