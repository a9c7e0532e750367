import type { Violation } from './violations.ts'

/** A stream that is read by several from its beginning: each sees all of it, once, in the same order. */
export class StreamBook {
  readonly queue: string
  readonly #violated: (violation: Violation) => void
  readonly #confirmed: { readonly lane: string; readonly number: number }[] = []

  constructor(queue: string, violated: (violation: Violation) => void) {
    this.queue = queue
    this.#violated = violated
  }

  get confirmedCount(): number {
    return this.#confirmed.length
  }

  confirmed(lane: string, number: number): void {
    this.#confirmed.push({ lane, number })
  }

  reader(name: string): StreamReader {
    return new StreamReader(name, (rule, text) =>
      this.#violated({ rule, queue: this.queue, text: `${name}: ${text}` }),
    )
  }

  /** Whether it has seen everything that is confirmed now. */
  isComplete(reader: StreamReader): boolean {
    return this.#confirmed.every(({ lane, number }) => reader.hasSeen(lane, number))
  }

  /** It has come to the end of the stream. */
  ended(reader: StreamReader): void {
    for (const { lane, number } of this.#confirmed) {
      if (reader.hasSeen(lane, number)) continue
      const text = `${lane}/${number} was confirmed and is not there for ${reader.name}`
      this.#violated({ rule: 'lost', queue: this.queue, text })
    }
  }
}

type Violated = (rule: 'lost' | 'doubled' | 'reordered', text: string) => void

/** One who reads a stream, over several consumers if need be. */
export class StreamReader {
  readonly name: string
  readonly #violated: Violated
  readonly #last = new Map<string, number>()
  readonly #seen = new Set<string>()
  #nextOffset = 0

  constructor(name: string, violated: Violated) {
    this.name = name
    this.#violated = violated
  }

  get nextOffset(): number {
    return this.#nextOffset
  }

  delivered(lane: string, number: number, offset: number): void {
    if (offset > this.#nextOffset) this.#violated('lost', `${offset} came for ${this.#nextOffset}`)
    if (offset < this.#nextOffset) {
      this.#violated('doubled', `${offset} came for ${this.#nextOffset}`)
      return
    }
    this.#nextOffset = offset + 1
    const last = this.#last.get(lane) ?? 0
    if (number === last) this.#violated('doubled', `${lane}/${number} is there twice`)
    if (number < last) this.#violated('reordered', `${lane}/${number} is there after ${last}`)
    this.#last.set(lane, number)
    this.#seen.add(`${lane}/${number}`)
  }

  hasSeen(lane: string, number: number): boolean {
    return this.#seen.has(`${lane}/${number}`)
  }
}
