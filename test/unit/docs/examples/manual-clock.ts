import type { Clock } from '../../../../src/index.ts'

/** A clock that stands still until it is told to go on. */
export class ManualClock implements Clock {
  #nowMs = 0
  readonly #timers = new Set<{ intervalMs: number; dueMs: number; callback: () => void }>()

  now(): number {
    return this.#nowMs
  }

  wallTime(): number {
    return this.#nowMs
  }

  every(intervalMs: number, callback: () => void): () => void {
    const timer = { intervalMs, dueMs: this.#nowMs + intervalMs, callback }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** Lets time pass, millisecond by millisecond; timers run when they are due. */
  advance(ms: number): void {
    for (const endMs = this.#nowMs + ms; this.#nowMs < endMs; ) {
      this.#nowMs++
      for (const timer of [...this.#timers]) {
        if (timer.dueMs > this.#nowMs) continue
        timer.dueMs += timer.intervalMs
        timer.callback()
      }
    }
  }
}
