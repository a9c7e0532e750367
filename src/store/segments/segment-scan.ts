import { type FrameVisitor, FrameWalk } from './frame-walk.ts'
import { ReadAhead } from './read-ahead.ts'
import type { Segment } from './segment.ts'

/** Goes through whole segments, one after the other. */
export class SegmentScan {
  readonly #visitor: FrameVisitor
  readonly #input = new ReadAhead()

  constructor(visitor: FrameVisitor) {
    this.#visitor = visitor
  }

  /**
   * Visits all records of a segment, and sets `end` and `last` of it to what it found. Resolves with
   * the address of the end of the file. `until` is where the segment is known to end, or infinity if
   * that is to be found out.
   */
  async run(segment: Segment, until: number): Promise<number> {
    const walk = new FrameWalk(segment.salt, segment.base, this.#visitor)
    let address = segment.base
    let rest: Buffer = Buffer.alloc(0)
    this.#input.start(address, until, (target, from) => segment.read(target, from))
    for (;;) {
      const chunk = await this.#input.next(rest)
      if (chunk.length === rest.length) break
      const done = walk.visit(chunk, address, Number.POSITIVE_INFINITY)
      rest = chunk.subarray(done)
      address += done
    }
    segment.end = walk.end
    segment.last = walk.last
    if (walk.isLost || rest.some((byte) => byte !== 0)) {
      this.#visitor.damage(walk.end, 'what follows in its segment is not what was written')
    } else if (Number.isFinite(until) && walk.end < until) {
      const missing = `${until - walk.end} bytes that were written there are missing`
      this.#visitor.damage(walk.end, missing)
    }
    return address + rest.length
  }
}
