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
/** No turn should be longer: what is given up later begins another portion. */
const PORTION_MS = 50

/**
 * Messages that consumers have given up and that are dead-lettered. A client may give up as many at once
 * as it holds: they leave in portions, since what leaves in one turn is one record of the journal.
 */
export class Departures {
  readonly #leave: (place: Place, reason: DeadLetterReason) => void
  readonly #waiting = new Fifo<Departure>()
  readonly #timer: Timer
  readonly #clock: Clock
  /** What has left since then: clients may give up one message at a time, too. */
  #sinceMs: number
  #count = 0
  #bytes = 0

  /** `leave` is called for each message, in order. */
  constructor(clock: Clock, leave: (place: Place, reason: DeadLetterReason) => void) {
    this.#leave = leave
    this.#clock = clock
    this.#sinceMs = clock.now()
    this.#timer = new Timer(clock, () => this.#beginPortion())
  }

  /** How many have not left yet. */
  get count(): number {
    return this.#waiting.length
  }

  add(places: readonly Place[], reason: DeadLetterReason): void {
    for (const place of places) this.#waiting.push({ place, reason })
    if (this.#clock.now() - this.#sinceMs > PORTION_MS) this.#beginPortion()
    else this.#go()
  }

  /** The queue has gone, and they with it. */
  stop(): void {
    this.#timer.clear()
    this.#waiting.clear()
  }

  #beginPortion(): void {
    this.#sinceMs = this.#clock.now()
    this.#count = 0
    this.#bytes = 0
    this.#go()
  }

  #go(): void {
    while (this.#count < AT_ONCE && this.#bytes < BYTES_AT_ONCE) {
      const next = this.#waiting.shift()
      if (next === undefined) return
      this.#count++
      this.#bytes += next.place.message.bodySize
      this.#leave(next.place, next.reason)
    }
    if (this.#waiting.length > 0) this.#timer.within(0)
  }
}
