import { type FrameVisitor, FrameWalk } from './frame-walk.ts'
import type { Segment } from './segment.ts'

const CHUNK_BYTES = 1 << 20

/** Goes through all of a segment and sets `end` and `last` of it to what it found. */
export class SegmentScan {
  readonly #segment: Segment
  readonly #until: number
  readonly #visitor: FrameVisitor
  readonly #walk: FrameWalk
  #buffer: Buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES)
  /** What of the buffer is read and not done, and the address of the first of it. */
  #chunk: Buffer
  #address: number

  /** `until` is where the segment is known to end, or infinity if that is to be found out. */
  constructor(segment: Segment, until: number, visitor: FrameVisitor) {
    this.#segment = segment
    this.#until = until
    this.#visitor = visitor
    this.#walk = new FrameWalk(segment.salt, segment.base, visitor)
    this.#chunk = this.#buffer.subarray(0, 0)
    this.#address = segment.base
  }

  /** Resolves with the address of the end of the file. */
  async run(): Promise<number> {
    while (await this.#readOn()) {
      const done = this.#walk.visit(this.#chunk, this.#address, Number.POSITIVE_INFINITY)
      this.#chunk = this.#chunk.subarray(done)
      this.#address += done
    }
    const { end, last } = this.#walk
    this.#segment.end = end
    this.#segment.last = last
    if (this.#walk.isLost || this.#chunk.some((byte) => byte !== 0)) {
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
}
