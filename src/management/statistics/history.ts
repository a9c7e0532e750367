import type { Read, Readings } from './readings.ts'

/** What was read at one time. */
interface Sample {
  readonly timeMs: number
  readonly read: Read
}

/** The samples of one thing, newest last; as many as are kept. */
export class History {
  readonly #limit: number
  readonly #samples: Sample[] = []
  /** When the first sample was taken that is as all are since. */
  #sinceMs = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  add(timeMs: number, read: Read): void {
    const last = this.#samples.at(-1)
    if (last === undefined || !isSame(last.read.messages, read.messages)) this.#sinceMs = timeMs
    if (this.#samples.length === this.#limit) this.#samples.shift()
    this.#samples.push({ timeMs, read })
  }

  /** Since when nothing has happened to messages, as far as it is known; undefined if it has just now. */
  get idleSinceMs(): number | undefined {
    return (this.#samples.at(-1)?.timeMs ?? 0) > this.#sinceMs ? this.#sinceMs : undefined
  }

  /** How fast each reading grew between the last two samples, a second. 0 when there are none. */
  rates(part: keyof Read): (name: string) => number {
    const before = this.#samples.at(-2)
    const last = this.#samples.at(-1)
    if (before === undefined || last === undefined) return () => 0
    const seconds = (last.timeMs - before.timeMs) / 1000
    return (name) =>
      round(((last.read[part]?.[name] ?? 0) - (before.read[part]?.[name] ?? 0)) / seconds)
  }

  /** The samples of one reading that are no older than that, newest first, one each `stepMs`. */
  samples(part: keyof Read, name: string, range: Range): PrintedSample[] {
    const newest = this.#samples.at(-1)
    if (newest === undefined) return []
    const printed: PrintedSample[] = []
    let dueMs = newest.timeMs
    for (let index = this.#samples.length - 1; index >= 0; index--) {
      const { timeMs, read } = this.#samples[index] as Sample
      if (timeMs < newest.timeMs - range.ageMs) break
      if (timeMs > dueMs) continue
      printed.push({ sample: read[part]?.[name] ?? 0, timestamp: timeMs })
      dueMs = timeMs - range.stepMs + TOLERANCE_MS
    }
    return printed
  }
}

/** A timer is a little late now and then. */
const TOLERANCE_MS = 1000

export interface Range {
  readonly ageMs: number
  readonly stepMs: number
}

interface PrintedSample {
  readonly sample: number
  readonly timestamp: number
}

/** Each reading, and `<name>_details` with its rate and, for a range, its samples. */
export function withDetails(
  history: History | undefined,
  part: keyof Read,
  readings: Readings,
  range: Range | undefined,
): Record<string, unknown> {
  const rate = history?.rates(part) ?? (() => 0)
  const shown: Record<string, unknown> = {}
  for (const name in readings) {
    shown[name] = readings[name]
    const details = { rate: rate(name) }
    shown[detailsOf(name)] =
      range === undefined || history === undefined
        ? details
        : { ...details, ...average(history.samples(part, name, range)) }
  }
  return shown
}

/** Made once, since the same few are asked for with every queue. */
const DETAILS = new Map<string, string>()

function detailsOf(name: string): string {
  let details = DETAILS.get(name)
  if (details === undefined) {
    details = `${name}_details`
    DETAILS.set(name, details)
  }
  return details
}

function average(samples: readonly PrintedSample[]): object {
  const [newest, oldest] = [samples[0], samples.at(-1)]
  if (newest === undefined || oldest === undefined) return {}
  const sum = samples.reduce((total, { sample }) => total + sample, 0)
  const seconds = (newest.timestamp - oldest.timestamp) / 1000
  return {
    avg: round(sum / samples.length),
    avg_rate: seconds === 0 ? 0 : round((newest.sample - oldest.sample) / seconds),
    samples,
  }
}

function isSame(before: Readings, now: Readings): boolean {
  for (const name in now) if (before[name] !== now[name]) return false
  return true
}

const round = (value: number): number => Math.round(value * 1000) / 1000
