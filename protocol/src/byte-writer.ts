// The counterpart of ByteReader: a buffer that grows as the elementary domains of AMQP are
// appended. Values that the wire cannot carry are refused here, once for all who write.

import { CodecError } from './codec-error.ts'

const INITIAL_SIZE = 256

/** Appends values one after the other; throws CodecError when one does not fit its domain. */
export class ByteWriter {
  #buffer: Buffer
  #length = 0

  /** `size` is how many bytes there is room for before the first copy to a larger buffer. */
  constructor(size: number = INITIAL_SIZE) {
    this.#buffer = Buffer.allocUnsafe(size)
  }

  /** How many bytes have been written. */
  get length(): number {
    return this.#length
  }

  /** All that has been written. The writer must not be used afterwards. */
  finish(): Buffer {
    return this.#buffer.subarray(0, this.#length)
  }

  octet(value: number): void {
    checkInteger(value, 0, 0xff)
    const at = this.#grow(1)
    this.#buffer[at] = value
  }

  /** Up to eight flags in one octet, the first in the lowest bit. */
  bits(...flags: boolean[]): void {
    this.octet(flags.reduce((octet, flag, place) => octet | (flag ? 1 << place : 0), 0))
  }

  short(value: number): void {
    checkInteger(value, 0, 0xffff)
    const at = this.#grow(2)
    this.#buffer.writeUInt16BE(value, at)
  }

  long(value: number): void {
    checkInteger(value, 0, 0xffff_ffff)
    const at = this.#grow(4)
    this.#buffer.writeUInt32BE(value, at)
  }

  longlong(value: number): void {
    checkInteger(value, 0, Number.MAX_SAFE_INTEGER)
    this.long(Math.floor(value / 0x1_0000_0000))
    this.long(value % 0x1_0000_0000)
  }

  timestamp(value: bigint): void {
    if (value !== BigInt.asUintN(64, value)) throw outOfRange(value)
    const at = this.#grow(8)
    this.#buffer.writeBigUInt64BE(value, at)
  }

  /** A signed integer of 1, 2 or 4 bytes. */
  signed(value: number, size: 1 | 2 | 4): void {
    const limit = 2 ** (8 * size - 1)
    checkInteger(value, -limit, limit - 1)
    const at = this.#grow(size)
    this.#buffer.writeIntBE(value, at, size)
  }

  signedLonglong(value: bigint): void {
    if (value !== BigInt.asIntN(64, value)) throw outOfRange(value)
    const at = this.#grow(8)
    this.#buffer.writeBigInt64BE(value, at)
  }

  float(value: number): void {
    checkFinite(Math.fround(value))
    const at = this.#grow(4)
    this.#buffer.writeFloatBE(value, at)
  }

  double(value: number): void {
    checkFinite(value)
    const at = this.#grow(8)
    this.#buffer.writeDoubleBE(value, at)
  }

  shortstr(value: string): void {
    const size = Buffer.byteLength(value)
    if (size > 255) throw new CodecError(`a short string of ${size} bytes, 255 at most`)
    this.octet(size)
    const at = this.#grow(size)
    this.#buffer.write(value, at)
  }

  longstr(value: Buffer): void {
    this.long(value.length)
    this.bytes(value)
  }

  /** Bytes as they are, no length before them. */
  bytes(value: Buffer): void {
    const at = this.#grow(value.length)
    this.#buffer.set(value, at)
  }

  /** Leaves room for the length of what follows, and returns the mark for `endLength`. */
  beginLength(): number {
    return this.#grow(4)
  }

  /** Fills in the length of all that was written since `beginLength` returned `mark`. */
  endLength(mark: number): void {
    this.#buffer.writeUInt32BE(this.#length - mark - 4, mark)
  }

  /** Makes room for `size` more bytes and returns where they start. */
  #grow(size: number): number {
    const at = this.#length
    this.#length = at + size
    if (this.#length > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#length, 2 * this.#buffer.length))
      larger.set(this.#buffer.subarray(0, at))
      this.#buffer = larger
    }
    return at
  }
}

function checkInteger(value: number, low: number, high: number): void {
  if (!Number.isInteger(value) || value < low || value > high) throw outOfRange(value)
}

function checkFinite(value: number): void {
  if (!Number.isFinite(value)) throw outOfRange(value)
}

function outOfRange(value: number | bigint): CodecError {
  return new CodecError(`${value} does not fit its field`)
}
