import type { Clock } from './clock.ts'
import type { LogFields, Logger } from './logger.ts'

const INTERVAL_MS = 10_000

/**
 * Warns of what somebody else does wrong, and might do a thousand times a second: one line in ten
 * seconds, with how many were left out since the last one.
 */
export class RareLog {
  readonly #logger: Logger
  readonly #clock: Clock
  #nextMs = Number.NEGATIVE_INFINITY
  #leftOut = 0

  constructor(logger: Logger, clock: Clock) {
    this.#logger = logger
    this.#clock = clock
  }

  warn(fields: LogFields, message: string): void {
    const nowMs = this.#clock.now()
    if (nowMs < this.#nextMs) {
      this.#leftOut++
      return
    }
    const leftOut = this.#leftOut === 0 ? {} : { leftOut: this.#leftOut }
    this.#nextMs = nowMs + INTERVAL_MS
    this.#leftOut = 0
    this.#logger.warn({ ...fields, ...leftOut }, message)
  }
}
