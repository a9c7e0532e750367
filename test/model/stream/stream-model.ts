// What a stream is, as an array: everything that was ever published, and where each consumer is.

import { expect } from 'vitest'

export interface Published {
  readonly body: string
  readonly filterValue: string | null
  readonly timeMs: number
  readonly bytes: number
}

export interface Limits {
  readonly maxAgeMs: number
  readonly maxBytes: number
}

export type Start =
  | { readonly kind: 'first' | 'last' | 'next' }
  | { readonly kind: 'offset'; readonly offset: number }
  | { readonly kind: 'time'; readonly timeMs: number }

/** Segments are not in the model: this much more or less may be there than was asked for. */
const SEGMENT_BYTES = 64 * 1024
/** What was found when the log was read is known by quarters of a megabyte. */
const RECOVERED_SEGMENT_BYTES = 256 * 1024

export class ModelConsumer {
  readonly name: string
  readonly filter: ReadonlySet<string> | null
  readonly matchUnfiltered: boolean
  readonly notBeforeMs: number
  /** All before it was delivered, or is not for this consumer. */
  position: number

  constructor(
    name: string,
    position: number,
    notBeforeMs: number,
    filter: readonly string[] | null,
  ) {
    this.name = name
    this.position = position
    this.notBeforeMs = notBeforeMs
    this.filter = filter === null ? null : new Set(filter)
    this.matchUnfiltered = filter?.includes('unfiltered') === true
  }

  wants({ filterValue, timeMs }: Published): boolean {
    if (timeMs < this.notBeforeMs) return false
    if (this.filter === null) return true
    return filterValue === null ? this.matchUnfiltered : this.filter.has(filterValue)
  }
}

export class StreamModel {
  /** How much is removed together. */
  #segmentBytes = SEGMENT_BYTES
  readonly messages: Published[] = []
  /** What is before it is safe. */
  storedEnd = 0
  /** What is before it was removed. */
  first = 0
  limits: Limits = { maxAgeMs: Number.POSITIVE_INFINITY, maxBytes: Number.POSITIVE_INFINITY }

  consumer(name: string, start: Start, filter: readonly string[] | null): ModelConsumer {
    const end = this.messages.length
    switch (start.kind) {
      case 'first':
        return new ModelConsumer(name, 0, 0, filter)
      case 'last':
        return new ModelConsumer(name, Math.max(0, end - 1), 0, filter)
      case 'next':
        return new ModelConsumer(name, end, 0, filter)
      case 'offset':
        return new ModelConsumer(name, start.offset, 0, filter)
      case 'time': {
        const isAny = this.messages.slice(this.first).some(({ timeMs }) => timeMs >= start.timeMs)
        return new ModelConsumer(name, isAny ? 0 : end, isAny ? start.timeMs : 0, filter)
      }
      default:
        return start satisfies never
    }
  }

  /** The consumer was given that message next. */
  delivered(consumer: ModelConsumer, offset: number, body: string): void {
    expect(offset).toBeGreaterThanOrEqual(consumer.position)
    expect(offset).toBeLessThan(this.storedEnd)
    const message = this.messages[offset] as Published
    expect(body).toBe(message.body)
    expect(consumer.wants(message)).toBe(true)
    expect(this.firstWanted(consumer)).toBe(offset)
    consumer.position = offset + 1
  }

  /** What it should be given next; undefined when there is nothing. */
  firstWanted(consumer: ModelConsumer): number | undefined {
    for (let at = Math.max(consumer.position, this.first); at < this.storedEnd; at++) {
      if (consumer.wants(this.messages[at] as Published)) return at
    }
    return undefined
  }

  /** The stream has removed messages, if it may. */
  removedBefore(first: number, nowMs: number): void {
    expect(first).toBeGreaterThanOrEqual(this.first)
    const { maxAgeMs, maxBytes } = this.limits
    for (let offset = this.first; offset < first; offset++) {
      const { timeMs } = this.messages[offset] as Published
      const isTooOld = timeMs < nowMs - maxAgeMs
      const isTooMuch = this.#bytesFrom(offset) > maxBytes - this.#segmentBytes - this.#largest
      expect(isTooOld || isTooMuch).toBe(true)
    }
    this.first = first
  }

  /** No more is kept than what was asked for, and a segment. */
  expectTrimmed(): void {
    if (this.first === this.messages.length) return
    const allowed = this.limits.maxBytes + this.#segmentBytes + this.#largest
    expect(this.#bytesFrom(this.first)).toBeLessThanOrEqual(allowed)
  }

  /** The process has ended: what was not stored may be gone, and what was seen is not. */
  reopened(first: number, end: number): void {
    this.#segmentBytes = RECOVERED_SEGMENT_BYTES
    expect(end).toBeGreaterThanOrEqual(this.storedEnd)
    expect(end).toBeLessThanOrEqual(this.messages.length)
    // What is removed is only known to be when that is stored.
    expect(first).toBeLessThanOrEqual(Math.max(this.first, 0))
    this.messages.length = end
    this.storedEnd = end
    this.first = first
  }

  get #largest(): number {
    return this.messages.reduce((most, { bytes }) => Math.max(most, bytes), 0)
  }

  #bytesFrom(offset: number): number {
    return this.messages.slice(offset).reduce((sum, { bytes }) => sum + bytes, 0)
  }
}
