import { Fifo } from '../base/fifo.ts'
import type { Stretch } from '../message-log/stretches.ts'

/**
 * What a stream has, in segments, oldest first: how much and from when. Retention removes whole
 * segments, and who looks for a time is told in which one it is.
 *
 *     [ 0 … 4,711 │ 1 MiB │ 9:00 to 9:07 ][ 4,712 … │ … ][ … open ]
 */
export class Segments {
  /** How much a segment may have, and for how long it may get more. */
  maxSegmentBytes = 0
  maxSegmentMs = 0
  readonly #segments = new Fifo<Stretch>()
  #last: Stretch | undefined
  #bytes = 0

  get bytes(): number {
    return this.#bytes
  }

  get length(): number {
    return this.#segments.length
  }

  get oldest(): Stretch | undefined {
    return this.#segments.peek()
  }

  /** When the last message came; 0 when there is none. */
  get lastMs(): number {
    return this.#last?.lastMs ?? 0
  }

  /** Where messages begin that came at that time or later; undefined when there are none. */
  find(timeMs: number): number | undefined {
    for (const { from, lastMs } of this.#segments) if (lastMs >= timeMs) return from
    return undefined
  }

  /** A message more. It is in the last segment, unless that is as large, or as long, as it may be. */
  append(offset: number, timeMs: number, bytes: number): void {
    const last = this.#last
    this.#bytes += bytes
    if (last !== undefined && this.#hasRoom(last, timeMs)) {
      last.to = offset
      last.bytes += bytes
      last.lastMs = timeMs
    } else {
      this.#push({ from: offset, to: offset, bytes, firstMs: timeMs, lastMs: timeMs })
    }
  }

  /** What was found in the log: it came before all else. */
  recover(stretches: readonly Stretch[]): void {
    for (const stretch of stretches) {
      const last = this.#last
      this.#bytes += stretch.bytes
      if (last !== undefined && this.#hasRoom(last, stretch.firstMs)) {
        last.to = stretch.to
        last.bytes += stretch.bytes
        last.lastMs = stretch.lastMs
      } else {
        this.#push({ ...stretch })
      }
    }
  }

  /** The oldest one goes; of the last there remains the last message, so that offsets go on from it. */
  removeOldest(): void {
    const removed = this.#segments.shift()
    if (removed === undefined) return
    this.#bytes -= removed.bytes
    if (removed !== this.#last) return
    const { to, lastMs } = removed
    const bytes = Math.round(removed.bytes / (to - removed.from + 1))
    this.#bytes += bytes
    this.#push({ from: to, to, bytes, firstMs: lastMs, lastMs })
  }

  #hasRoom(last: Stretch, timeMs: number): boolean {
    return last.bytes < this.maxSegmentBytes && timeMs - last.firstMs <= this.maxSegmentMs
  }

  #push(segment: Stretch): void {
    this.#segments.push(segment)
    this.#last = segment
  }
}
