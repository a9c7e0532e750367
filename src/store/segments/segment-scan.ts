import { FRAME_HEADER_BYTES, frameBytes, sizeAt } from './frame.ts'
import type { Segment } from './segment.ts'

export interface ScanVisitor {
  record(position: number, record: Buffer): void
  damage(position: number, reason: string): void
}

const CHUNK_BYTES = 1 << 20

/**
 * Goes through the frames of a segment and sets `end` and `last` of it to what it found. Where there
 * should be a frame and is none, it looks for the next one.
 */
export class SegmentScan {
  readonly #segment: Segment
  readonly #until: number
  readonly #visitor: ScanVisitor
  #buffer: Buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES)
  /** What of the buffer is read and not done, and the address of the first of it. */
  #chunk: Buffer
  #address: number
  /** What is between the last frame and here is not zero, as it would be after the last of all. */
  #isLost = false

  /** `until` is where the segment is known to end, or infinity if that is to be found out. */
  constructor(segment: Segment, until: number, visitor: ScanVisitor) {
    this.#segment = segment
    this.#until = until
    this.#visitor = visitor
    this.#chunk = this.#buffer.subarray(0, 0)
    this.#address = segment.base
  }

  /** Resolves with the address of the end of the file. */
  async run(): Promise<number> {
    while (await this.#readOn()) this.#visitFrames()
    const { end } = this.#segment
    if (this.#isLost || this.#chunk.some((byte) => byte !== 0)) {
      this.#visitor.damage(end, 'what follows in its segment is not what was written')
    } else if (Number.isFinite(this.#until) && end < this.#until) {
      this.#visitor.damage(end, `${this.#until - end} bytes that were written there are missing`)
    }
    return this.#address + this.#chunk.length
  }

  /** Reads on, behind what is not done. False at the end. */
  async #readOn(): Promise<boolean> {
    const kept = this.#chunk.length
    // Only a frame that is larger than the buffer fills it, and needs a larger one.
    if (kept === this.#buffer.length) this.#buffer = Buffer.allocUnsafeSlow(2 * kept)
    this.#chunk.copy(this.#buffer)
    const length = Math.min(this.#buffer.length - kept, this.#until - this.#address - kept)
    if (length <= 0) return false
    const read = await this.#segment.read(
      this.#buffer.subarray(kept, kept + length),
      this.#address + kept,
    )
    this.#chunk = this.#buffer.subarray(0, kept + read)
    return read > 0
  }

  #visitFrames(): void {
    const chunk = this.#chunk
    let at = 0
    while (at + FRAME_HEADER_BYTES <= chunk.length) {
      const position = this.#address + at
      const size = sizeAt(chunk, at, position, this.#segment.salt)
      if (size === undefined) {
        this.#isLost ||= chunk.readUInt32LE(at) !== 0 || chunk.readUInt32LE(at + 4) !== 0
        at += FRAME_HEADER_BYTES
        continue
      }
      const next = at + frameBytes(size)
      if (next > chunk.length) break
      this.#endGap(position)
      const start = at + FRAME_HEADER_BYTES
      this.#visitor.record(position, chunk.subarray(start, start + size))
      this.#segment.last = position
      this.#segment.end = this.#address + next
      at = next
    }
    this.#chunk = chunk.subarray(at)
    this.#address += at
  }

  /** A frame after something else: that was not the end, then, and was a frame once. */
  #endGap(position: number): void {
    const { end } = this.#segment
    this.#isLost = false
    if (end < position)
      this.#visitor.damage(end, `${position - end} bytes are not what was written`)
  }
}
