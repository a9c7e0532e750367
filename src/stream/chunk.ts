import { ByteArena } from '../message/byte-arena.ts'
import type { Message } from '../message/message.ts'
import type { MessageRun } from '../message/message-run.ts'
import { filterValueOf } from './stream-filter.ts'
import { withOffset } from './with-offset.ts'

/** About what a message takes as an object, besides its bytes. */
const MESSAGE_OVERHEAD_BYTES = 256

/**
 * Messages of a stream that follow each other, as consumers get them. It is read once for all of them,
 * or grows with what is published.
 */
export class Chunk implements MessageRun {
  /** It has what there is from here up to `end`. */
  readonly from: number
  end: number
  bytes = 0
  /** When it was used last, as its cache counts. */
  usedAt = 0
  /** Whether anybody has used it since the cache was swept. */
  isUsed = true
  readonly messages: Message[] = []
  wire: object | null = null
  readonly #times: number[] = []
  /** Null as long as there are no gaps. */
  #offsets: number[] | null = null
  #filterValues: (string | null)[] | null = null
  readonly #arena = new ByteArena()

  constructor(from: number) {
    this.from = from
    this.end = from
  }

  /** Offsets must grow; those in between are no more. */
  add(message: Message, offset: number, timeMs: number): void {
    if (offset !== this.end && this.#offsets === null) {
      this.#offsets = this.messages.map((_, index) => this.from + index)
    }
    this.#offsets?.push(offset)
    const delivered = withOffset(message, offset, this.#arena)
    this.messages.push(delivered)
    this.#times.push(timeMs)
    this.#filterValues?.push(filterValueOf(delivered))
    const size = delivered.headerFrameBytes + delivered.bodySize
    // They are there once more as soon as they are sent.
    this.bytes += size * 2 + MESSAGE_OVERHEAD_BYTES
    this.end = offset + 1
  }

  /** Where the first message is that is not before the offset. */
  indexOf(offset: number): number {
    if (this.#offsets === null) return offset - this.from
    const index = this.#offsets.findIndex((it) => it >= offset)
    return index < 0 ? this.messages.length : index
  }

  sequenceAt(index: number): number {
    return this.#offsets === null ? this.from + index : (this.#offsets[index] as number)
  }

  timeAt(index: number): number {
    return this.#times[index] as number
  }

  /** The value that the message can be filtered by; they are read when somebody asks. */
  filterValueAt(index: number): string | null {
    this.#filterValues ??= this.messages.map(filterValueOf)
    return this.#filterValues[index] as string | null
  }
}
