import type { Clock } from '../base/clock.ts'
import { Fifo } from '../base/fifo.ts'
import type { DeadLetterReason, Place } from './queue.ts'
import { Timer } from './timer.ts'

interface Departure {
  readonly place: Place
  readonly reason: DeadLetterReason
}

export interface DeparturesParts {
  readonly clock: Clock
  /** Is called for each message, in order. */
  leave(place: Place, reason: DeadLetterReason): void
  /** Whether so many have left that are not safe elsewhere that no more should. */
  mustWait(): boolean
}

/** So many messages, and so many bytes of bodies, leave in one go, and then it is others' turn. */
const AT_ONCE = 1000
const BYTES_AT_ONCE = 1024 * 1024
/** No turn should be longer: what is given up later begins another portion. */
const PORTION_MS = 50
/** When it is asked again whether more may leave. */
const RETRY_MS = 50

/**
 * Messages that consumers have given up and that are dead-lettered. A client may give up as many at once
 * as it holds: they leave in portions, since what leaves in one turn is one record of the journal.
 */
export class Departures {
  readonly #parts: DeparturesParts
  readonly #waiting = new Fifo<Departure>()
  readonly #timer: Timer
  /** What has left since then: clients may give up one message at a time, too. */
  #sinceMs: number
  #count = 0
  #bytes = 0

  constructor(parts: DeparturesParts) {
    const { clock } = parts
    this.#parts = parts
    this.#sinceMs = clock.now()
    this.#timer = new Timer(clock, () => this.#beginPortion())
  }

  /** How many have not left yet. */
  get count(): number {
    return this.#waiting.length
  }

  add(places: readonly Place[], reason: DeadLetterReason): void {
    for (const place of places) this.#waiting.push({ place, reason })
    if (this.#parts.clock.now() - this.#sinceMs > PORTION_MS) this.#beginPortion()
    else this.#go()
  }

  /** The queue has gone, and they with it. */
  stop(): void {
    this.#timer.clear()
    this.#waiting.clear()
  }

  #beginPortion(): void {
    this.#sinceMs = this.#parts.clock.now()
    this.#count = 0
    this.#bytes = 0
    this.#go()
  }

  #go(): void {
    let mustWait = this.#parts.mustWait()
    while (!mustWait && this.#count < AT_ONCE && this.#bytes < BYTES_AT_ONCE) {
      const next = this.#waiting.shift()
      if (next === undefined) return
      this.#count++
      this.#bytes += next.place.message.bodySize
      this.#parts.leave(next.place, next.reason)
      mustWait = this.#parts.mustWait()
    }
    if (this.#waiting.length > 0) this.#timer.within(mustWait ? RETRY_MS : 0)
  }
}
