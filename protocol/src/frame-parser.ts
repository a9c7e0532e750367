// Cuts a stream of chunks into frames. It knows the outside of frames only: type, channel, size
// and end octet. What is in a payload, and whether it was due, is the sink's business.
//
//     chunk    |······frame······|···frame···|··fra|      in place: the sink is given positions
//     chunk    |me··|······frame······|                   the split one: one buffer of its exact
//              └─────────┘ assembled                      size, filled as chunks come in

import { readLong } from './byte-reader.ts'
import { type BrokenFrame, FrameError } from './frame-error.ts'
import { FRAME_HEADER_SIZE, FRAME_OVERHEAD } from './frame-size.ts'
import {
  FRAME_BODY,
  FRAME_END,
  FRAME_HEADER,
  FRAME_HEARTBEAT,
  FRAME_METHOD,
} from './generated/constants.ts'

/** The limit where none is negotiated: more would not fit in a Buffer. */
const UNLIMITED = 0x7fff_ffff

/** Takes the frames that a FrameParser finds. */
export interface FrameSink {
  /**
   * One frame. Its payload is buffer[start, end); the whole frame is buffer[start - 7, end + 1).
   * Frames that follow each other in one chunk follow each other in the same buffer.
   */
  onFrame(type: number, channel: number, buffer: Buffer, start: number, end: number): void
}

/**
 * An incremental parser. After an error, its own (FrameError) or one that the sink threw, it
 * ignores all further input.
 */
export class FrameParser {
  /** The largest frame accepted, as negotiated; 0 for no limit. May change between frames. */
  frameMax: number
  readonly #sink: FrameSink
  /** A frame of which a part has come: its first bytes, in a buffer of 7 until its size is known. */
  #partial: Buffer | undefined
  #filled = 0
  /** Chunks not looked at yet, because of a pause or a push from inside the sink. */
  #waiting: Buffer[] = []
  #paused = false
  #parsing = false
  #dead = false

  constructor(sink: FrameSink, frameMax: number) {
    this.#sink = sink
    this.frameMax = frameMax
  }

  /** How many bytes are held back: parts of a frame, and what came during a pause. */
  get bufferedBytes(): number {
    const waiting = this.#waiting.reduce((sum, chunk) => sum + chunk.length, 0)
    return waiting + (this.#partial === undefined ? 0 : this.#filled)
  }

  /** Parses the next piece of the stream. The chunk must not be changed afterwards. */
  push(chunk: Buffer): void {
    if (this.#dead) return
    this.#waiting.push(chunk)
    this.#parseWaiting()
  }

  /** No frame reaches the sink after the current one until `resume`. */
  pause(): void {
    this.#paused = true
  }

  /** Goes on with what was held back. */
  resume(): void {
    this.#paused = false
    this.#parseWaiting()
  }

  #parseWaiting(): void {
    // A call from inside the sink only leaves its mark; the loop below, further up, sees it.
    if (this.#parsing) return
    this.#parsing = true
    try {
      while (!this.#paused && this.#waiting.length > 0) this.#parse(this.#waiting.shift() as Buffer)
    } catch (error) {
      this.#dead = true
      this.#waiting = []
      this.#partial = undefined
      throw error
    } finally {
      this.#parsing = false
    }
  }

  #parse(chunk: Buffer): void {
    let at = this.#partial === undefined ? 0 : this.#continuePartial(chunk, this.#partial)
    while (!this.#paused) {
      const available = chunk.length - at
      if (available < FRAME_HEADER_SIZE) {
        if (available > 0) this.#startPartial(Buffer.allocUnsafe(FRAME_HEADER_SIZE), chunk, at)
        return
      }
      const size = this.#frameSize(chunk, at)
      if (available < size) {
        this.#startPartial(Buffer.allocUnsafe(size), chunk, at)
        return
      }
      this.#emit(chunk, at, at + size)
      at += size
    }
    if (at < chunk.length) this.#waiting.unshift(chunk.subarray(at))
  }

  #startPartial(target: Buffer, source: Buffer, start: number): void {
    this.#partial = target
    this.#filled = source.copy(target, 0, start)
  }

  /** Adds to the partial frame, passes it on when it is whole, and returns where the chunk goes on. */
  #continuePartial(chunk: Buffer, partial: Buffer): number {
    let frame = partial
    let at = this.#fill(frame, chunk, 0)
    // No frame is as short as its header, so the length tells the two apart.
    if (frame.length === FRAME_HEADER_SIZE && this.#filled === FRAME_HEADER_SIZE) {
      frame = Buffer.allocUnsafe(this.#frameSize(partial, 0))
      this.#startPartial(frame, partial, 0)
      at = this.#fill(frame, chunk, at)
    }
    if (this.#filled === frame.length) {
      this.#partial = undefined
      this.#emit(frame, 0, frame.length)
    }
    return at
  }

  #fill(target: Buffer, source: Buffer, start: number): number {
    const copied = source.copy(target, this.#filled, start)
    this.#filled += copied
    return start + copied
  }

  /** The size of the whole frame whose header is at `at`. */
  #frameSize(buffer: Buffer, at: number): number {
    const payloadSize = readLong(buffer, at + 3)
    // RabbitMQ lets a payload be as long as the whole frame may be, 8 octets more than AMQP says.
    const limit = this.frameMax === 0 ? UNLIMITED : this.frameMax
    if (payloadSize > limit) {
      const frame = frameAt(buffer, at, at + FRAME_HEADER_SIZE)
      throw new FrameError('frame_too_large', frame, limit - FRAME_OVERHEAD)
    }
    return payloadSize + FRAME_OVERHEAD
  }

  #emit(buffer: Buffer, at: number, end: number): void {
    if (buffer[end - 1] !== FRAME_END) {
      const frame = frameAt(buffer, at, end - 1)
      throw new FrameError('invalid_frame_end_marker', frame, buffer[end - 1] as number)
    }
    const type = buffer[at] as number
    if (!isFrameType(type)) {
      throw new FrameError('unknown_frame_type', frameAt(buffer, at, end - 1), type)
    }
    const channel = ((buffer[at + 1] as number) << 8) | (buffer[at + 2] as number)
    this.#sink.onFrame(type, channel, buffer, at + FRAME_HEADER_SIZE, end - 1)
  }
}

function isFrameType(type: number): boolean {
  return (
    type === FRAME_METHOD ||
    type === FRAME_BODY ||
    type === FRAME_HEADER ||
    type === FRAME_HEARTBEAT
  )
}

/** What an error says about the frame at `at`, of whose payload the octets up to `end` are there. */
function frameAt(buffer: Buffer, at: number, end: number): BrokenFrame {
  return {
    type: buffer[at] as number,
    channel: buffer.readUInt16BE(at + 1),
    payload: buffer.subarray(at + FRAME_HEADER_SIZE, end),
    payloadSize: readLong(buffer, at + 3),
  }
}
