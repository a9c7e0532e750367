import { History, type Range, withDetails } from './history.ts'
import type { Readings } from './readings.ts'

/** What is counted of a pair, by the counts themselves, and how it is shown. */
export interface PairReading {
  readonly counts: object
  readonly read: () => Readings
}

interface Watched {
  readonly read: () => Readings
  readonly history: History
  askedAtMs: number
}

const SAMPLES = 13
/** How many are watched: of more, there are totals and no rates. */
const MAX_WATCHED = 10_000

/**
 * How fast messages go from one thing to another. There may be very many pairs of things, so only those are
 * read now and then that somebody has looked at lately.
 */
export class PairStatistics {
  readonly #idleMs: number
  readonly #watched = new Map<object, Watched>()

  /** When nobody has asked for so long, a pair is read no more. */
  constructor(idleMs: number) {
    this.#idleMs = idleMs
  }

  /** What is read, with rates and samples as far as they are known. */
  of(
    { counts, read }: PairReading,
    range: Range | undefined,
    nowMs: number,
  ): Record<string, unknown> {
    let watched = this.#watched.get(counts)
    if (watched === undefined && this.#watched.size < MAX_WATCHED) {
      watched = { read, history: new History(SAMPLES), askedAtMs: nowMs }
      this.#watched.set(counts, watched)
    }
    if (watched !== undefined) watched.askedAtMs = nowMs
    return withDetails(watched?.history, 'messages', read(), range)
  }

  /** Both are the time: by a clock that is never set, and in milliseconds since 1970. */
  sample(nowMs: number, timeMs: number): void {
    for (const [counts, { read, history, askedAtMs }] of this.#watched) {
      if (nowMs - askedAtMs > this.#idleMs) this.#watched.delete(counts)
      else history.add(timeMs, { messages: read(), own: {} })
    }
  }

  clear(): void {
    this.#watched.clear()
  }
}
