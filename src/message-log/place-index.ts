import type { LogEntry } from './log-entry.ts'

/**
 * The places of one queue while the journal is read: which message is at which sequence.
 *
 * Nearly all come in the order of their sequences and stand in arrays, which hold millions in little
 * memory and are searched by halves; what was stored again, out of order, is in a map.
 */
export class PlaceIndex {
  readonly #sequences: number[] = []
  readonly #entries: (LogEntry | null)[] = []
  readonly #strays = new Map<number, LogEntry>()

  /** Gives what was there before. */
  set(sequence: number, entry: LogEntry): LogEntry | undefined {
    const sequences = this.#sequences
    if (sequences.length === 0 || sequence > (sequences[sequences.length - 1] as number)) {
      sequences.push(sequence)
      this.#entries.push(entry)
      return undefined
    }
    const at = this.#firstAtLeast(sequence)
    if (sequences[at] === sequence) {
      const before = this.#entries[at] as LogEntry | null
      this.#entries[at] = entry
      return before ?? undefined
    }
    const before = this.#strays.get(sequence)
    this.#strays.set(sequence, entry)
    return before
  }

  /** Leaves out what is between and not to be kept. */
  filter(from: number, count: number, keep: (sequence: number, entry: LogEntry) => boolean): void {
    const end = from + count
    const sequences = this.#sequences
    for (let at = this.#firstAtLeast(from); (sequences[at] as number) < end; at++) {
      const entry = this.#entries[at] as LogEntry | null
      if (entry !== null && !keep(sequences[at] as number, entry)) this.#entries[at] = null
    }
    for (const sequence of this.#straysBetween(from, end)) {
      if (!keep(sequence, this.#strays.get(sequence) as LogEntry)) this.#strays.delete(sequence)
    }
  }

  /** Calls back for all that is left, in the order of the sequences. */
  visit(place: (sequence: number, entry: LogEntry) => void): void {
    const strays = [...this.#strays].sort(([a], [b]) => a - b)
    let stray = 0
    this.#sequences.forEach((sequence, at) => {
      for (; stray < strays.length && (strays[stray] as Stray)[0] < sequence; stray++) {
        place(...(strays[stray] as Stray))
      }
      const entry = this.#entries[at] as LogEntry | null
      if (entry !== null) place(sequence, entry)
    })
  }

  #firstAtLeast(sequence: number): number {
    let low = 0
    let high = this.#sequences.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#sequences[middle] as number) < sequence) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Whichever is shorter is gone through: a run, or what there is. */
  #straysBetween(from: number, end: number): number[] {
    const strays = this.#strays
    if (strays.size < end - from) {
      return [...strays.keys()].filter((sequence) => sequence >= from && sequence < end)
    }
    const found: number[] = []
    for (let sequence = from; sequence < end; sequence++) {
      if (strays.has(sequence)) found.push(sequence)
    }
    return found
  }
}

type Stray = [sequence: number, entry: LogEntry]
