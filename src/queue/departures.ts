import type { Clock } from '../base/clock.ts'
import { Fifo } from '../base/fifo.ts'
import type { DeadLetterReason, Place } from './queue.ts'
import { Timer } from './timer.ts'

interface Departure {
  readonly place: Place
  readonly reason: DeadLetterReason
}

/** So many messages, and so many bytes of bodies, leave in one go, and then it is others' turn. */
const AT_ONCE = 1000
const BYTES_AT_ONCE = 1024 * 1024

/**
 * Messages that consumers have given up and that are dead-lettered. A client may give up as many at once
 * as it holds: they leave in portions, since what leaves in one turn is one record of the journal.
 */
export class Departures {
  readonly #leave: (place: Place, reason: DeadLetterReason) => void
  readonly #waiting = new Fifo<Departure>()
  readonly #timer: Timer

  /** `leave` is called for each message, in order. */
  constructor(clock: Clock, leave: (place: Place, reason: DeadLetterReason) => void) {
    this.#leave = leave
    this.#timer = new Timer(clock, () => this.#go())
  }

  /** How many have not left yet. */
  get count(): number {
    return this.#waiting.length
  }

  add(places: readonly Place[], reason: DeadLetterReason): void {
    const isFirst = this.#waiting.length === 0
    for (const place of places) this.#waiting.push({ place, reason })
    if (isFirst) this.#go()
  }

  /** The queue has gone, and they with it. */
  stop(): void {
    this.#timer.clear()
    this.#waiting.clear()
  }

  #go(): void {
    let bytes = 0
    for (let count = 0; count < AT_ONCE && bytes < BYTES_AT_ONCE; count++) {
      const next = this.#waiting.shift()
      if (next === undefined) return
      bytes += next.place.message.bodySize
      this.#leave(next.place, next.reason)
    }
    if (this.#waiting.length > 0) this.#timer.within(0)
  }
}
