import { FRAME_HEADER_BYTES, frameBytes, sizeAt } from './frame.ts'

export interface FrameVisitor {
  record(position: number, record: Buffer): void
  damage(position: number, reason: string): void
}

/**
 * Goes from frame to frame, over one chunk of bytes after the other. Where there should be a frame
 * and is none, it looks for the next one.
 */
export class FrameWalk {
  readonly #salt: number
  readonly #visitor: FrameVisitor
  /** The address after the last frame. */
  end: number
  /** The position of the last record, or 0 if there was none. */
  last = 0
  /** What came after the last frame is not all zeros, as it would be where nothing was written. */
  isLost = false

  /** `start` is the address of a frame, or should be. */
  constructor(salt: number, start: number, visitor: FrameVisitor) {
    this.#salt = salt
    this.#visitor = visitor
    this.end = start
  }

  /**
   * Visits the frames that begin in a chunk, up to a position, and end in it. Returns the offset of
   * the rest: that of a frame that goes on behind the chunk, or that is behind the position.
   */
  visit(chunk: Buffer, address: number, upTo: number): number {
    let at = 0
    while (at + FRAME_HEADER_BYTES <= chunk.length && address + at <= upTo) {
      const position = address + at
      const size = sizeAt(chunk, at, position, this.#salt)
      if (size === undefined) {
        this.isLost ||= chunk.readUInt32LE(at) !== 0 || chunk.readUInt32LE(at + 4) !== 0
        at += FRAME_HEADER_BYTES
        continue
      }
      const next = at + frameBytes(size)
      if (next > chunk.length) break
      this.endAt(position)
      const start = at + FRAME_HEADER_BYTES
      this.#visitor.record(position, chunk.subarray(start, start + size))
      this.last = position
      this.end = address + next
      at = next
    }
    return at
  }

  /** Tells of what is between the last frame and an address, if anything is: that was a frame once. */
  endAt(address: number): void {
    this.isLost = false
    if (this.end >= address) return
    this.#visitor.damage(this.end, `${address - this.end} bytes are not what was written`)
    this.end = address
  }
}
