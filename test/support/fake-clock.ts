import type { Clock } from '../../src/base/clock.ts'

interface Alarm {
  readonly intervalMs: number
  readonly callback: () => void
  dueMs: number
}

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  #nowMs: number
  readonly #alarms = new Set<Alarm>()

  constructor(startMs = 1_000_000) {
    this.#nowMs = startMs
  }

  /** How many callbacks are due some time. */
  get pendingCount(): number {
    return this.#alarms.size
  }

  now(): number {
    return this.#nowMs
  }

  wallTime(): number {
    return this.#nowMs
  }

  every(intervalMs: number, callback: () => void): () => void {
    const alarm = { intervalMs, callback, dueMs: this.#nowMs + intervalMs }
    this.#alarms.add(alarm)
    return () => this.#alarms.delete(alarm)
  }

  /** Lets time pass. What is due on the way is called in its order, and sees its own time. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms
    for (let alarm = this.#next(untilMs); alarm !== undefined; alarm = this.#next(untilMs)) {
      this.#nowMs = alarm.dueMs
      alarm.dueMs += alarm.intervalMs
      alarm.callback()
    }
    this.#nowMs = untilMs
  }

  #next(untilMs: number): Alarm | undefined {
    const due = [...this.#alarms].filter((alarm) => alarm.dueMs <= untilMs)
    return due.sort((a, b) => a.dueMs - b.dueMs)[0]
  }
}
