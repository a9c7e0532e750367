import type { Clock } from '../base/clock.ts'
import { Timer } from './timer.ts'

/**
 * Ends a queue that nobody uses: for as long as its settings say it has had no consumers, was not
 * declared again, and nobody called `basic.get`. https://www.rabbitmq.com/docs/ttl#queue-ttl
 */
export class IdleExpiry {
  readonly #clock: Clock
  readonly #isInUse: () => boolean
  readonly #onExpired: () => void
  readonly #timer: Timer
  #expiresMs = Number.POSITIVE_INFINITY
  #lastUseMs: number

  constructor(clock: Clock, isInUse: () => boolean, onExpired: () => void) {
    this.#clock = clock
    this.#isInUse = isInUse
    this.#onExpired = onExpired
    this.#timer = new Timer(clock, () => this.#look())
    this.#lastUseMs = clock.now()
  }

  /** `Infinity` for never. */
  set expiresMs(expiresMs: number) {
    this.#expiresMs = expiresMs
    if (expiresMs < Number.POSITIVE_INFINITY) this.used()
  }

  used(): void {
    if (this.#expiresMs === Number.POSITIVE_INFINITY) return
    this.#lastUseMs = this.#clock.now()
    this.#timer.within(this.#expiresMs)
  }

  /** For good. */
  stop(): void {
    this.#expiresMs = Number.POSITIVE_INFINITY
    this.#timer.clear()
  }

  #look(): void {
    // Whoever leaves it last calls `used`.
    if (this.#expiresMs === Number.POSITIVE_INFINITY || this.#isInUse()) return
    const leftMs = this.#lastUseMs + this.#expiresMs - this.#clock.now()
    if (leftMs > 0) this.#timer.within(leftMs)
    else this.#onExpired()
  }
}
