import type { Backlog } from '../queue/backlog.ts'

const FAN_OUT = 64
/** So long before its time a message should be near. */
export const AHEAD_MS = 50
/** A span is looked at no later than so long before that. */
const LEAD_MS = 2000

/**
 * A range of time, of 64^level milliseconds, and what is due in it: either the messages themselves, or
 * the 64 parts of it that have any, or for a while both, as messages are passed on to the parts.
 */
export class Span {
  readonly startMs: number
  readonly level: number
  /** Null for the whole of time. */
  readonly parent: Span | null
  /** From when on messages are put into its parts at once, unless it has others: before its time. */
  readonly partsFromMs: number
  /** When it is to be seen how many messages are to be passed on to its parts. */
  opensAtMs: number
  /** Null when there are none besides those of its parts. */
  messages: Backlog | null = null
  /** Whether its messages are to be had in memory, as far as there is room. */
  isSmall = false
  readonly #parts: (Span | undefined)[] = []
  readonly #partMs: number
  #partCount = 0

  constructor(startMs: number, level: number, parent: Span | null) {
    this.startMs = startMs
    this.level = level
    this.parent = parent
    this.#partMs = FAN_OUT ** (level - 1)
    this.partsFromMs = startMs - AHEAD_MS - (this.endMs - startMs) / 4
    this.opensAtMs = Math.min(this.partsFromMs, startMs - AHEAD_MS - LEAD_MS)
  }

  get endMs(): number {
    return this.startMs + FAN_OUT * this.#partMs
  }

  get isEmpty(): boolean {
    return this.messages === null && this.#partCount === 0
  }

  /** The part that the time is in, if it is there. */
  part(timeMs: number): Span | undefined {
    return this.#parts[this.#indexOf(timeMs)]
  }

  addPart(timeMs: number): Span {
    const index = this.#indexOf(timeMs)
    const part = new Span(this.startMs + index * this.#partMs, this.level - 1, this)
    this.#parts[index] = part
    this.#partCount++
    return part
  }

  removePart(part: Span): void {
    this.#parts[this.#indexOf(part.startMs)] = undefined
    this.#partCount--
  }

  #indexOf(timeMs: number): number {
    return Math.floor((timeMs - this.startMs) / this.#partMs)
  }
}
