import { after, type Clock } from '../base/clock.ts'

const NEVER = Number.POSITIVE_INFINITY

/**
 * Calls back some time, at the earliest one that was asked for since it last did. Whoever is called
 * looks what is due, and asks again for what is not.
 */
export class Timer {
  readonly #clock: Clock
  readonly #callback: () => void
  #dueMs = NEVER
  #stop: () => void = () => {}

  constructor(clock: Clock, callback: () => void) {
    this.#clock = clock
    this.#callback = callback
  }

  /** After that time at the latest. */
  within(delayMs: number): void {
    const dueMs = this.#clock.now() + delayMs
    if (dueMs >= this.#dueMs) return
    this.#stop()
    this.#dueMs = dueMs
    this.#stop = after(this.#clock, delayMs, () => {
      this.#dueMs = NEVER
      this.#callback()
    })
  }

  clear(): void {
    this.#stop()
    this.#dueMs = NEVER
  }
}
