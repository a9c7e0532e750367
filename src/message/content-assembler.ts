import { FRAME_BODY, FRAME_END, FRAME_HEADER_SIZE, FRAME_OVERHEAD } from 'amqp-codec'
import { bodyTooLong } from '../reasons.ts'
import { type FrameRun, Message, NO_MORE_RUNS } from './message.ts'
import type { PublishAddress } from './publish-address.ts'

/** Contents up to this size that came in pieces are put together, so that few stay in pieces. */
const JOIN_LIMIT_BYTES = 8 * 1024
/** So many pieces, if they are small, become one: a body may come in frames of one byte. */
const MERGE_COUNT = 32
const SMALL_RUN_BYTES = 4 * 1024

const NO_BYTES = Buffer.alloc(0)

/**
 * Puts a message together from its header frame and body frames. Frames that stand one behind the
 * other in a read chunk, which is nearly all, are one run and are not copied.
 */
export class ContentAssembler {
  /** Body bytes that are still to come. */
  remaining = 0
  #buffer: Buffer = NO_BYTES
  #start = 0
  #end = 0
  #rest: FrameRun[] | null = null

  /** The header frame's payload is `buffer[start, end)`. */
  begin(buffer: Buffer, start: number, end: number, bodySize: number): void {
    this.#buffer = buffer
    this.#start = start - FRAME_HEADER_SIZE
    this.#end = end + 1
    this.#rest = null
    this.remaining = bodySize
  }

  /** A body frame's payload. Throws 501 when there is more than the header announced. */
  body(buffer: Buffer, start: number, end: number): void {
    const size = end - start
    if (size > this.remaining) throw bodyTooLong()
    // Frames without content are legal and may come without end: they leave nothing behind.
    if (size === 0) return
    this.remaining -= size
    const frameStart = start - FRAME_HEADER_SIZE
    if (this.#rest === null) {
      if (buffer === this.#buffer && frameStart === this.#end) this.#end = end + 1
      else this.#rest = [{ buffer, start: frameStart, end: end + 1 }]
      return
    }
    this.#append(this.#rest, buffer, frameStart, end + 1)
  }

  /** The message, once nothing remains; the assembler lets go of it. */
  finish(address: PublishAddress): Message {
    let rest: readonly FrameRun[] = NO_MORE_RUNS
    if (this.#rest !== null && !this.#join(this.#rest)) rest = this.#rest
    const message = new Message(address, this.#buffer, this.#start, this.#end, rest)
    this.#buffer = NO_BYTES
    this.#rest = null
    return message
  }

  #append(rest: FrameRun[], buffer: Buffer, start: number, end: number): void {
    const last = rest[rest.length - 1] as FrameRun
    if (buffer === last.buffer && start === last.end) {
      last.end = end
      return
    }
    rest.push({ buffer, start, end })
    if (rest.length % MERGE_COUNT === 0) mergeSmallRuns(rest)
  }

  /** Whether the content was small enough to be put into one piece. */
  #join(rest: readonly FrameRun[]): boolean {
    let size = this.#end - this.#start
    for (const run of rest) size += run.end - run.start
    if (size > JOIN_LIMIT_BYTES) return false
    const joined = Buffer.allocUnsafeSlow(size)
    let at = this.#buffer.copy(joined, 0, this.#start, this.#end)
    for (const run of rest) at += run.buffer.copy(joined, at, run.start, run.end)
    this.#buffer = joined
    this.#start = 0
    this.#end = size
    return true
  }
}

/** Makes one body frame of the last runs, if they are small; each would keep a chunk alive. */
function mergeSmallRuns(rest: FrameRun[]): void {
  const last = rest.slice(-MERGE_COUNT)
  const size = last.reduce((sum, run) => sum + run.end - run.start, 0)
  if (size > MERGE_COUNT * SMALL_RUN_BYTES) return
  const merged = Buffer.allocUnsafeSlow(size)
  let at = FRAME_HEADER_SIZE
  for (const run of last) {
    for (let frame = run.start; frame < run.end; ) {
      const start = frame + FRAME_HEADER_SIZE
      const end = start + run.buffer.readUInt32BE(frame + 3)
      at += run.buffer.copy(merged, at, start, end)
      frame = end + 1
    }
  }
  merged[0] = FRAME_BODY
  merged.writeUInt16BE(0, 1)
  merged.writeUInt32BE(at - FRAME_HEADER_SIZE, 3)
  merged[at] = FRAME_END
  rest.splice(-MERGE_COUNT, MERGE_COUNT, {
    buffer: merged,
    start: 0,
    end: at + FRAME_OVERHEAD - FRAME_HEADER_SIZE,
  })
}
