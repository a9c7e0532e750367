import type { Clock } from './clock.ts'

/** Something with deadlines that need no more precision than the ticker's interval. */
export interface Tickable {
  tick(nowMs: number): void
}

/**
 * One coarse timer for all heartbeats and time limits of a broker: ten thousand connections cost one
 * timer and a loop over plain numbers, where a timer each would be moved on every frame. It runs
 * only while somebody listens.
 */
export class Ticker {
  readonly #clock: Clock
  readonly intervalMs: number
  readonly #listeners = new Set<Tickable>()
  #stop: (() => void) | null = null

  constructor(clock: Clock, intervalMs: number) {
    this.#clock = clock
    this.intervalMs = intervalMs
  }

  add(listener: Tickable): void {
    this.#listeners.add(listener)
    this.#stop ??= this.#clock.every(this.intervalMs, () => this.#tick())
  }

  remove(listener: Tickable): void {
    this.#listeners.delete(listener)
    if (this.#listeners.size === 0) {
      this.#stop?.()
      this.#stop = null
    }
  }

  #tick(): void {
    const nowMs = this.#clock.now()
    for (const listener of this.#listeners) listener.tick(nowMs)
  }
}
