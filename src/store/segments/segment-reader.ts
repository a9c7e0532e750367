import { StoreError } from '../store-error.ts'
import { FRAME_HEADER_BYTES, frameBytes, sizeAt } from './frame.ts'
import type { Segment } from './segment.ts'

/** How much is read at once: whoever reads one record usually goes on with the next. */
const READ_BYTES = 128 << 10
/** How many files are kept open for the next read. */
const OPEN_SEGMENTS = 4

/** Part of a segment in memory. */
interface Window {
  readonly segment: Segment
  readonly address: number
  readonly bytes: Buffer
}

/** Reads single records, many of them with one read of the file. */
export class SegmentReader {
  readonly #open = new Set<Segment>()
  #window: Window | undefined

  /** The record at a position within the segment. It shares its memory with others. */
  async read(segment: Segment, position: number): Promise<Buffer> {
    const known = this.#window?.segment === segment ? recordIn(this.#window, position) : undefined
    if (known !== undefined) return known
    const window = await this.#load(segment, position, READ_BYTES)
    this.#window = window
    const size = sizeAt(window.bytes, 0, position, segment.salt)
    if (size === undefined) throw new StoreError(`record ${position} is not there`)
    const record =
      recordIn(window, position) ??
      recordIn(await this.#load(segment, position, frameBytes(size)), position)
    if (record === undefined) throw new StoreError(`record ${position} is cut short`)
    return record
  }

  /** To be called before the segment's file is removed. */
  forget(segment: Segment): void {
    this.#open.delete(segment)
    if (this.#window?.segment === segment) this.#window = undefined
  }

  async #load(segment: Segment, address: number, length: number): Promise<Window> {
    await this.#touch(segment)
    const target = Buffer.alloc(Math.min(length, segment.end - address))
    await segment.read(target, address)
    return { segment, address, bytes: target }
  }

  async #touch(segment: Segment): Promise<void> {
    this.#open.delete(segment)
    this.#open.add(segment)
    const [oldest] = this.#open
    if (oldest === undefined || this.#open.size <= OPEN_SEGMENTS) return
    this.#open.delete(oldest)
    await oldest.release()
  }
}

function recordIn({ segment, address, bytes }: Window, position: number): Buffer | undefined {
  const offset = position - address
  if (offset < 0 || offset + FRAME_HEADER_BYTES > bytes.length) return undefined
  const size = sizeAt(bytes, offset, position, segment.salt)
  if (size === undefined) return undefined
  const start = offset + FRAME_HEADER_BYTES
  return start + size > bytes.length ? undefined : bytes.subarray(start, start + size)
}
