import {
  contentHeaderBodySize,
  type FieldTable,
  FRAME_HEADER_SIZE,
  FRAME_OVERHEAD,
  readDeliveryMode,
  readHeaders,
} from 'amqp-codec'
import { readUint32 } from './big-endian.ts'
import type { ByteArena } from './byte-arena.ts'
import { copyBytes } from './copy-bytes.ts'
import type { PublishAddress } from './publish-address.ts'

/** A run of whole frames: `buffer[start, end)`. */
export interface FrameRun {
  buffer: Buffer
  start: number
  end: number
}

/** Frame header, class id, weight and body size stand before the flags. Spec §2.3.5.2. */
const EXPIRATION_FLAG_OFFSET: number = FRAME_HEADER_SIZE + 12

export const NO_MORE_RUNS: readonly FrameRun[] = Object.freeze([])

/**
 * A message is bytes: its content header frame and body frames as they came off the publisher's
 * socket, channel number and all, to be copied to consumers' sockets with only that number changed.
 * Nothing in them is decoded unless a feature asks for it.
 *
 *     buffer  …│ header frame │ body frame │ body frame │…        rest: further runs of body
 *              ^ start                                  ^ end      frames, for large messages
 *
 * A message does not know its queues: place, redelivery and settlement belong to each queue.
 */
export class Message {
  readonly address: PublishAddress
  buffer: Buffer
  start: number
  end: number
  readonly rest: readonly FrameRun[]
  readonly bodySize: number
  /** The size of the content header frame, which comes first. */
  readonly headerFrameBytes: number
  /** Whether the body is in one frame, or empty: any peer that takes frames so large takes it as it is. */
  readonly isOneFrame: boolean
  /** The message log's own: what it keeps about this message while it is in a durable queue. */
  logEntry: object | null = null
  /** Whether the bytes stand in memory of their own rather than in a read chunk or a peer's. */
  #settledIn = false

  constructor(
    address: PublishAddress,
    buffer: Buffer,
    start: number,
    end: number,
    rest: readonly FrameRun[],
  ) {
    this.address = address
    this.buffer = buffer
    this.start = start
    this.end = end
    this.rest = rest
    this.bodySize = contentHeaderBodySize(buffer, start + FRAME_HEADER_SIZE)
    this.headerFrameBytes = FRAME_OVERHEAD + readUint32(buffer, start + 3)
    const bodyFrameBytes = this.bodySize === 0 ? 0 : this.bodySize + FRAME_OVERHEAD
    // Several frames have more overhead than one, unless some of the body is in other runs.
    this.isOneFrame = rest.length === 0 && end - start === this.headerFrameBytes + bodyFrameBytes
  }

  /** The content header frame's payload is `buffer[headerStart, headerEnd)`. */
  get headerStart(): number {
    return this.start + FRAME_HEADER_SIZE
  }

  get headerEnd(): number {
    return this.start + this.headerFrameBytes - 1
  }

  get persistent(): boolean {
    return readDeliveryMode(this.buffer, this.headerStart, this.headerEnd) === 2
  }

  /** Whether it has an `expiration`: the last bit of the first octet of property flags. */
  get mayExpire(): boolean {
    return ((this.buffer[this.start + EXPIRATION_FLAG_OFFSET] as number) & 1) !== 0
  }

  get headers(): FieldTable | undefined {
    return readHeaders(this.buffer, this.headerStart, this.headerEnd)
  }

  /**
   * Moves a small message that is going to stay out of the chunk it was read in: one message would
   * otherwise keep alive the 64 KiB that came with it.
   */
  settleIn(arena: ByteArena): void {
    if (this.#settledIn) return
    this.#settledIn = true
    const size = this.end - this.start
    // The buffer may be a small part of what was read at once.
    if (size * 4 >= this.buffer.buffer.byteLength) return
    const offset = arena.take(size)
    copyBytes(this.buffer, this.start, this.end, arena.slab, offset)
    this.buffer = arena.slab
    this.start = offset
    this.end = offset + size
  }
}
