import { randomInt } from 'node:crypto'
import { writevSync } from 'node:fs'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { writeDurably } from '../durable-file.ts'
import type { Flusher } from './flusher.ts'
import { assertWritten, writeAll } from './write-all.ts'

/** Up to how much is written by the main thread, which then costs less than to wait for another. */
const WRITTEN_AT_ONCE = 256 << 10
/** Up to which size a write is prepared for with zeros. */
const SMALL_WRITE = 16 << 10
/** Up to which size a write is flushed as a small one. */
const SMALL_FLUSH = 4 << 10
const ZEROS: Buffer = Buffer.alloc(128 << 10)

/**
 * One file of the journal: a header, and then frames. The name is the address of the first frame.
 *
 *     0                               8      16             24     28       32
 *     | "segment" and a version byte | base | previous end | salt | CRC-32 | frames …
 */
export class Segment {
  readonly path: string
  /** The address of the first frame. */
  readonly base: number
  /** Up to where the segment before this one was good when this one was begun. */
  readonly previousEnd: number
  readonly salt: number
  /** The address after the last frame. */
  end: number
  /** The position of the last record, or 0 if there is none. */
  last = 0
  /** How long the file is. */
  #length: number = HEADER_BYTES
  #isFlushed = true
  #handle: Promise<FileHandle> | undefined

  private constructor(path: string, { base, previousEnd, salt }: Header) {
    this.path = path
    this.base = base
    this.previousEnd = previousEnd
    this.salt = salt
    this.end = base
  }

  static async create(directory: string, base: number, previousEnd: number): Promise<Segment> {
    const header = { base, previousEnd, salt: randomInt(2 ** 32) }
    const path = join(directory, segmentName(base))
    await writeDurably(path, encodeHeader(header))
    return new Segment(path, header)
  }

  /** Undefined when it is not a segment, or not that of its name. */
  static async open(path: string): Promise<Segment | undefined> {
    const handle = await open(path, 'r')
    const bytes = Buffer.alloc(HEADER_BYTES)
    try {
      await handle.read(bytes, 0, HEADER_BYTES, 0)
    } finally {
      await handle.close()
    }
    const header = decodeHeader(bytes)
    if (header === undefined || !path.endsWith(segmentName(header.base))) return undefined
    const segment = new Segment(path, header)
    segment.#isFlushed = false
    return segment
  }

  /**
   * Writes frames at the end, and flushes them if there is a flusher. After an error nothing must be
   * written to it any more.
   *
   * To flush bytes that were not in the file before, the file system has to write its own journal
   * too, which doubles the time of a small flush. So small writes that are flushed have zeros before
   * them, many at a time, which take that upon themselves.
   */
  async write(frames: readonly Buffer[], size: number, flusher: Flusher | null): Promise<void> {
    const offset = this.offsetOf(this.end)
    const isPrepared = flusher !== null && size <= SMALL_WRITE && offset + size > this.#length
    const buffers = isPrepared ? [...frames, ZEROS] : frames
    const length = isPrepared ? size + ZEROS.length : size
    const handle = await this.#open()
    if (length > WRITTEN_AT_ONCE) await writeAll(handle, buffers, offset)
    else assertWritten(writevSync(handle.fd, buffers, offset), length)
    this.#length = Math.max(this.#length, offset + length)
    this.#isFlushed = false
    await flusher?.flush(handle, size <= SMALL_FLUSH)
    this.#isFlushed = flusher !== null
    this.end += size
  }

  /** Flushes what was written without, or by another process. */
  async flush(): Promise<void> {
    if (this.#isFlushed) return
    await (await this.#open()).datasync()
    this.#isFlushed = true
  }

  /** Reads what is there of so many bytes from an address on. */
  async read(target: Buffer, address: number): Promise<number> {
    const handle = await this.#open()
    const offset = this.offsetOf(address)
    return (await handle.read(target, 0, target.length, offset)).bytesRead
  }

  /** Takes away what was not written as a whole, and what was prepared. */
  async cutAtEnd(): Promise<void> {
    const handle = await this.#open()
    this.#length = this.offsetOf(this.end)
    await handle.truncate(this.#length)
    await handle.datasync()
    this.#isFlushed = true
  }

  /** Lets go of the file until it is needed again. */
  async release(): Promise<void> {
    const handle = this.#handle
    this.#handle = undefined
    await (await handle)?.close()
  }

  async remove(): Promise<void> {
    await this.release()
    await rm(this.path, { force: true })
  }

  #open(): Promise<FileHandle> {
    this.#handle ??= open(this.path, 'r+').catch((error: unknown) => {
      this.#handle = undefined
      throw error
    })
    return this.#handle
  }

  /** Where in the file an address is. */
  offsetOf(address: number): number {
    return address - this.base + HEADER_BYTES
  }
}

interface Header {
  readonly base: number
  readonly previousEnd: number
  readonly salt: number
}

const SUFFIX = '.segment'
const MAGIC = 'segment\x01'
const HEADER_BYTES = 32

/** Its numbers have as many digits as the largest safe one, so that names sort as numbers do. */
function segmentName(base: number): string {
  return `${String(base).padStart(16, '0')}${SUFFIX}`
}

export function isSegmentName(name: string): boolean {
  return name.endsWith(SUFFIX)
}

function encodeHeader({ base, previousEnd, salt }: Header): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES)
  bytes.write(MAGIC, 0, 'latin1')
  bytes.writeBigUInt64LE(BigInt(base), 8)
  bytes.writeBigUInt64LE(BigInt(previousEnd), 16)
  bytes.writeUInt32LE(salt, 24)
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 28)), 28)
  return bytes
}

function decodeHeader(bytes: Buffer): Header | undefined {
  if (bytes.toString('latin1', 0, 8) !== MAGIC) return undefined
  if (crc32(bytes.subarray(0, 28)) !== bytes.readUInt32LE(28)) return undefined
  return {
    base: Number(bytes.readBigUInt64LE(8)),
    previousEnd: Number(bytes.readBigUInt64LE(16)),
    salt: bytes.readUInt32LE(24),
  }
}
