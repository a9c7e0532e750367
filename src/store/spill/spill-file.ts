import { type FileHandle, open, rm } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import type { SpillSlot, SpillStore } from '../spill-store.ts'
import { StoreError, storeError } from '../store-error.ts'
import { FreeSpace } from './free-space.ts'

/** What a page takes is a multiple of this, as it is on the disk. */
const BLOCK_BYTES = 4 << 10
/** How much must be free at the end of the file for it to be cut, unless all of it is. */
const CUT_BYTES = 1 << 20

/**
 * Pages in one file, which is there from the first page on until it is closed. A page lies in one
 * piece, in the place of others that were given up if there is room, else at the end.
 */
export class SpillFile implements SpillStore {
  readonly #path: string
  readonly #space = new FreeSpace()
  readonly #slots = new Set<SpillSlot>()
  /** How many reads are under way of a page. */
  readonly #readCounts = new Map<SpillSlot, number>()
  #file: Promise<FileHandle> | undefined
  /** The file is not longer than this. */
  #length = 0
  #cutting: Promise<void> | undefined
  #isClosed = false

  /** Removes what a process that was killed has left there. */
  static async open(path: string): Promise<SpillFile> {
    try {
      await rm(path, { force: true })
    } catch (error) {
      throw storeError(`cannot remove ${path}`, error)
    }
    return new SpillFile(path)
  }

  private constructor(path: string) {
    this.#path = path
  }

  get bytes(): number {
    return this.#space.takenBytes
  }

  async write(parts: readonly Buffer[]): Promise<SpillSlot> {
    this.#checkOpen()
    let size = 0
    let checksum = 0
    for (const part of parts) {
      size += part.length
      checksum = crc32(part, checksum)
    }
    const offset = this.#space.take(spaceFor(size))
    const slot: SpillSlot = { offset, size, checksum }
    try {
      // What is being cut off may be where this page comes. A later cut is behind it.
      await this.#cutting
      const file = await this.#open()
      this.#length = Math.max(this.#length, offset + size)
      const { bytesWritten } = await file.writev(parts, offset)
      if (bytesWritten < size) throw new Error(`only ${bytesWritten} of ${size} bytes fit in`)
    } catch (error) {
      this.#reclaim(slot)
      // The part of it that was written may have taken the last of the disk.
      this.#cut(1)
      throw storeError(`cannot write to ${this.#path}`, error)
    }
    this.#slots.add(slot)
    return slot
  }

  async read(slot: SpillSlot): Promise<Buffer | undefined> {
    this.#checkOpen()
    if (!this.#slots.has(slot)) throw new StoreError('a page is read that was given up')
    this.#readCounts.set(slot, (this.#readCounts.get(slot) ?? 0) + 1)
    try {
      const page = Buffer.allocUnsafeSlow(slot.size)
      await (await this.#open()).read(page, 0, slot.size, slot.offset)
      return crc32(page) === slot.checksum ? page : undefined
    } catch (error) {
      throw storeError(`cannot read ${this.#path}`, error)
    } finally {
      this.#endRead(slot)
    }
  }

  free(slot: SpillSlot): void {
    if (!this.#slots.delete(slot)) throw new StoreError('a page is given up twice')
    if (!this.#readCounts.has(slot)) this.#reclaim(slot)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#cutting
    // It waits for what is under way.
    await this.#file?.then(
      (file) => file.close(),
      () => {},
    )
    await rm(this.#path, { force: true })
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new StoreError('the store is closed')
  }

  #open(): Promise<FileHandle> {
    if (this.#file === undefined) {
      this.#file = open(this.#path, 'w+', 0o600)
      // The next page tries again.
      this.#file.catch(() => {
        this.#file = undefined
      })
    }
    return this.#file
  }

  #endRead(slot: SpillSlot): void {
    const count = (this.#readCounts.get(slot) as number) - 1
    if (count > 0) {
      this.#readCounts.set(slot, count)
      return
    }
    this.#readCounts.delete(slot)
    if (!this.#slots.has(slot)) this.#reclaim(slot)
  }

  #reclaim({ offset, size }: SpillSlot): void {
    this.#space.give(offset, spaceFor(size))
    this.#cutIfMuch()
  }

  #cutIfMuch(): void {
    this.#cut(this.#space.end === 0 ? 1 : CUT_BYTES)
  }

  /** Cuts off what is free at the end of the file if it is so much, which takes its time. */
  #cut(leastBytes: number): void {
    const { end } = this.#space
    if (this.#cutting !== undefined || this.#isClosed || this.#length - end < leastBytes) return
    this.#cutting = this.#cutAt(end)
  }

  async #cutAt(end: number): Promise<void> {
    let isCut = false
    try {
      await (await this.#open()).truncate(end)
      this.#length = end
      isCut = true
    } catch {
      // The room is free all the same, and is cut off with what is given up next.
    }
    this.#cutting = undefined
    if (isCut) this.#cutIfMuch()
  }
}

function spaceFor(size: number): number {
  return Math.max(1, Math.ceil(size / BLOCK_BYTES)) * BLOCK_BYTES
}
