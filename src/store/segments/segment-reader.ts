import { type FileHandle, open } from 'node:fs/promises'
import type { DamageListener } from '../journal.ts'
import { StoreError, storeError } from '../store-error.ts'
import { frameBytes } from './frame.ts'
import { FrameWalk } from './frame-walk.ts'
import type { Segment } from './segment.ts'

/** How much is read at once, and so how much memory one record may keep that others have left. */
const READ_BYTES = 1 << 20
/** How much is read for the last record of a stretch, whose size is not known. */
const LAST_RECORD_BYTES = 64 << 10
/** How many files are kept open for the next read. */
const OPEN_FILES = 4

/** Reads stretches of records. Its files are open for itself only, so that no write depends on it. */
export class SegmentReader {
  readonly #onDamage: DamageListener
  /** The one that was used last is the last. */
  readonly #files = new Map<Segment, Promise<FileHandle>>()

  constructor(onDamage: DamageListener) {
    this.#onDamage = onDamage
  }

  /** Adds to `records` those of a segment from one address to another, or to its end. */
  async read(segment: Segment, first: number, last: number, records: Buffer[]): Promise<void> {
    const { end } = segment
    const walk = new FrameWalk(segment.salt, first, {
      record: (_, record) => records.push(record),
      damage: (position, reason) => this.#onDamage({ position, reason }),
    })
    let next = first
    let frame = 0
    while (next <= last && next < end) {
      const wanted = Math.max(frame, Math.min(READ_BYTES, last - next + LAST_RECORD_BYTES))
      const bytes = await this.#load(segment, next, Math.min(wanted, end - next))
      const done = walk.visit(bytes, next, last)
      if (done === 0 && wanted >= end - next) throw new StoreError(`record ${next} is cut short`)
      frame = done === 0 ? frameBytes(bytes.readUInt32LE(0)) : 0
      next += done
    }
    walk.endAt(next)
  }

  /** To be called before the segment's file is removed. */
  async forget(segment: Segment): Promise<void> {
    const file = this.#files.get(segment)
    this.#files.delete(segment)
    // That it could not be opened is said to who wanted to read it.
    await file?.then(
      (handle) => handle.close(),
      () => {},
    )
  }

  async close(): Promise<void> {
    for (const segment of this.#files.keys()) await this.forget(segment)
  }

  /** So many bytes from an address on, in memory of their own. */
  async #load(segment: Segment, address: number, length: number): Promise<Buffer> {
    try {
      const file = await this.#fileOf(segment)
      const bytes = Buffer.allocUnsafeSlow(length)
      const { bytesRead } = await file.read(bytes, 0, length, segment.offsetOf(address))
      if (bytesRead < length) throw new Error('the file is cut short')
      return bytes
    } catch (error) {
      throw storeError(`cannot read ${segment.path}`, error)
    }
  }

  #fileOf(segment: Segment): Promise<FileHandle> {
    const file = this.#files.get(segment) ?? open(segment.path, 'r')
    this.#files.delete(segment)
    this.#files.set(segment, file)
    file.catch(() => this.#files.delete(segment))
    const [oldest] = this.#files.keys()
    if (oldest !== undefined && this.#files.size > OPEN_FILES) void this.forget(oldest)
    return file
  }
}
