import { decodeFieldTable, type FieldTable } from 'amqp-codec'
import { readUint16, readUint32, readUint48 } from '../../message/big-endian.ts'
import type { Message } from '../../message/message.ts'
import {
  assertWithin,
  StoredMessageReader,
  storedMessageEnd,
} from '../../message/stored-message.ts'

/** Reads what a `BatchWriter` wrote. Throws RangeError, or CodecError, for what makes no sense. */
export class BatchReader {
  readonly #messages = new StoredMessageReader()
  #bytes: Buffer = Buffer.alloc(0)
  #at = 0

  begin(bytes: Buffer, at = 0): void {
    this.#bytes = bytes
    this.#at = at
  }

  /** Where it goes on. */
  get at(): number {
    return this.#at
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length
  }

  uint8(): number {
    return this.#bytes[this.#take(1)] as number
  }

  uint16(): number {
    return readUint16(this.#bytes, this.#take(2))
  }

  uint32(): number {
    return readUint32(this.#bytes, this.#take(4))
  }

  peekUint48(): number {
    assertWithin(this.#bytes, this.#at + 6)
    return readUint48(this.#bytes, this.#at)
  }

  uint48(): number {
    return readUint48(this.#bytes, this.#take(6))
  }

  double(): number {
    return this.#bytes.readDoubleBE(this.#take(8))
  }

  text(): string {
    const size = this.uint32()
    const start = this.#take(size)
    return this.#bytes.toString('utf8', start, start + size)
  }

  table(): FieldTable {
    const size = this.uint32()
    const start = this.#take(size)
    return decodeFieldTable(this.#bytes, start, start + size)
  }

  /** It has the batch's memory, until it settles in. */
  message(): Message {
    const start = this.#at
    const end = storedMessageEnd(this.#bytes, start)
    this.#at = end
    return this.#messages.read(this.#bytes, start, end)
  }

  #take(size: number): number {
    const start = this.#at
    assertWithin(this.#bytes, start + size)
    this.#at = start + size
    return start
  }
}
