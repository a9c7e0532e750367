// A cursor over a range of bytes that reads the elementary domains of AMQP. Every read is checked
// against the end of the range, which may lie before the end of the buffer.

import { isUtf8 } from 'node:buffer'
import { CodecError, MalformedUtf8Error } from './codec-error.ts'

/** What decoding puts in the place of bytes that are not UTF-8. */
const REPLACEMENT = '\ufffd'

/** Reads values one after the other; throws CodecError when one does not fit in the range. */
export class ByteReader {
  readonly buffer: Buffer
  /** Position of the next read. */
  at: number
  /** First position that must not be read. */
  end: number
  #bits = 0

  constructor(buffer: Buffer, start: number, end: number) {
    if (start < 0 || end > buffer.length) throw new CodecError('range outside of the buffer')
    this.buffer = buffer
    this.at = start
    this.end = end
  }

  /** Moves over `size` bytes and returns where they start. */
  skip(size: number): number {
    const at = this.at
    if (size > this.end - at) throw new CodecError(`${size} bytes due, ${this.end - at} left`)
    this.at = at + size
    return at
  }

  octet(): number {
    return this.buffer[this.skip(1)] as number
  }

  /** The flag at `place` of a run of flags; reading place 0 takes the octet they share. */
  bit(place: number): boolean {
    if (place === 0) this.#bits = this.octet()
    return (this.#bits & (1 << place)) !== 0
  }

  short(): number {
    const at = this.skip(2)
    const b = this.buffer
    return ((b[at] as number) << 8) | (b[at + 1] as number)
  }

  long(): number {
    return readLong(this.buffer, this.skip(4))
  }

  /** Exact up to 2^53-1; what is larger is rounded, for no counter gets there. */
  longlong(): number {
    return readLongLong(this.buffer, this.skip(8))
  }

  timestamp(): bigint {
    return this.buffer.readBigUInt64BE(this.skip(8))
  }

  /** Bytes that are not UTF-8 become U+FFFD. */
  shortstr(): string {
    const size = this.octet()
    const at = this.skip(size)
    return size === 0 ? '' : this.buffer.toString('utf8', at, at + size)
  }

  /** Throws MalformedUtf8Error for bytes that are not UTF-8. */
  utf8Shortstr(): string {
    const start = this.at + 1
    const value = this.shortstr()
    // Only what holds U+FFFD can have been malformed, so the bytes are hardly ever looked at again.
    if (value.includes(REPLACEMENT) && !isUtf8(this.buffer.subarray(start, this.at))) {
      throw new MalformedUtf8Error()
    }
    return value
  }

  /** A copy, so that it does not keep the chunk that the frame came in alive. */
  longstr(): Buffer {
    const size = this.long()
    const at = this.skip(size)
    return Buffer.from(this.buffer.subarray(at, at + size))
  }
}

/** The unsigned 32-bit integer at `at`, which the caller knows to be inside the buffer. */
export function readLong(b: Buffer, at: number): number {
  const high = ((b[at] as number) << 24) | ((b[at + 1] as number) << 16)
  return (high | ((b[at + 2] as number) << 8) | (b[at + 3] as number)) >>> 0
}

/** A small number stays one: V8 keeps what is multiplied by as much in memory of its own. */
export function readLongLong(b: Buffer, at: number): number {
  const high = readLong(b, at)
  const low = readLong(b, at + 4)
  return high === 0 ? low : high * 0x1_0000_0000 + low
}
