import { encodeFieldTable, type FieldTable } from 'amqp-codec'
import { writeUint16, writeUint32, writeUint48 } from '../../message/big-endian.ts'
import { contentPieces } from '../../message/content-pieces.ts'
import { copyBytes } from '../../message/copy-bytes.ts'
import type { Message } from '../../message/message.ts'
import { contentBytes, STORED_HEAD_BYTES } from '../../message/stored-message.ts'

const SLAB_BYTES = 64 * 1024
/** Larger pieces of content are not copied, but sent from where they are. */
const COPY_LIMIT_BYTES = 16 * 1024

/**
 * What one node is going to tell another, as a list of buffers: small things one behind the other in
 * slabs, large bodies where they are. Integers are big-endian.
 */
export class BatchWriter {
  #slab: Buffer = Buffer.alloc(0)
  /** Where the part begins that is being written, and where it goes on. */
  #partStart = 0
  #at = 0
  #parts: Buffer[] = []
  #bytes = 0

  /** How much has been written since `take`. */
  get bytes(): number {
    return this.#bytes + this.#at - this.#partStart
  }

  uint8(value: number): void {
    this.#reserve(1)
    this.#slab[this.#at++] = value
  }

  uint16(value: number): void {
    this.#reserve(2)
    this.#at = writeUint16(this.#slab, this.#at, value)
  }

  uint32(value: number): void {
    this.#reserve(4)
    this.#at = writeUint32(this.#slab, this.#at, value)
  }

  uint48(value: number): void {
    this.#reserve(6)
    this.#at = writeUint48(this.#slab, this.#at, value)
  }

  double(value: number): void {
    this.#reserve(8)
    this.#at = this.#slab.writeDoubleBE(value, this.#at)
  }

  text(value: string): void {
    this.#block(Buffer.from(value))
  }

  table(value: FieldTable): void {
    this.#block(encodeFieldTable(value))
  }

  /** As `stored-message.ts` says. */
  message(message: Message): void {
    const { address } = message
    const addressBytes = address.end - address.start
    this.#reserve(STORED_HEAD_BYTES + addressBytes)
    this.#at = writeUint32(this.#slab, this.#at, contentBytes(message))
    this.#at = writeUint16(this.#slab, this.#at, addressBytes)
    this.#copy(address.buffer, address.start, address.end)
    if (message.isOneFrame) {
      this.#piece(message.buffer, message.start, message.end)
      return
    }
    for (const { buffer, start, end } of contentPieces(message)) this.#piece(buffer, start, end)
  }

  /** What was written since the last call. */
  take(): Buffer[] {
    this.#endPart()
    const parts = this.#parts
    this.#parts = []
    this.#bytes = 0
    return parts
  }

  #block(bytes: Buffer): void {
    this.uint32(bytes.length)
    this.#piece(bytes, 0, bytes.length)
  }

  #piece(buffer: Buffer, start: number, end: number): void {
    const size = end - start
    if (size <= COPY_LIMIT_BYTES) {
      this.#reserve(size)
      this.#copy(buffer, start, end)
      return
    }
    this.#endPart()
    this.#parts.push(buffer.subarray(start, end))
    this.#bytes += size
  }

  #copy(buffer: Buffer, start: number, end: number): void {
    copyBytes(buffer, start, end, this.#slab, this.#at)
    this.#at += end - start
  }

  #reserve(size: number): void {
    if (this.#at + size <= this.#slab.length) return
    this.#endPart()
    this.#slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, size))
    this.#partStart = 0
    this.#at = 0
  }

  #endPart(): void {
    if (this.#at === this.#partStart) return
    this.#parts.push(this.#slab.subarray(this.#partStart, this.#at))
    this.#bytes += this.#at - this.#partStart
    this.#partStart = this.#at
  }
}
