import type { Clock } from './clock.ts'

/** A clock all of whose callbacks can be ended at once: whoever still waits for one waits for ever. */
export class ClosableClock implements Clock {
  readonly #clock: Clock
  readonly #stops = new Set<() => void>()
  #isClosed = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  now(): number {
    return this.#clock.now()
  }

  wallTime(): number {
    return this.#clock.wallTime()
  }

  every(intervalMs: number, callback: () => void): () => void {
    if (this.#isClosed) return () => {}
    const stop = this.#clock.every(intervalMs, callback)
    this.#stops.add(stop)
    return () => {
      this.#stops.delete(stop)
      stop()
    }
  }

  close(): void {
    this.#isClosed = true
    for (const stop of this.#stops) stop()
    this.#stops.clear()
  }
}
