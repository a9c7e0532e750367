import { readUint48 } from '../message/big-endian.ts'
import type { Message } from '../message/message.ts'
import { copiedBytes, PartsWriter } from '../message/parts-writer.ts'
import { StoredMessageReader, storedBytes, storedMessageEnd } from '../message/stored-message.ts'
import type { StoredMessage } from '../message-log/queue-log.ts'

const FIRST_BYTES = 2 * 1024
const PAGE_BYTES = 128 * 1024
const TIME_BYTES = 6

/**
 * Messages of a stream that is in memory only, as bytes: they take a third of what they would as
 * objects.
 *
 *     { when it came: 6, in milliseconds since 1970 │ message: see `stored-message.ts` } …
 */
export class MemoryPage {
  /** The offset of the first message. */
  readonly from: number
  count = 0
  /** What it takes in memory. */
  bytes: number
  readonly #memoryBytes: number
  readonly #writer = new PartsWriter()
  #parts: Buffer[] = []

  /** With room for this message at least, and for more the more the page before it had. */
  constructor(from: number, first: Message, previousBytes: number) {
    const usual = Math.min(PAGE_BYTES, Math.max(FIRST_BYTES, previousBytes * 8))
    const memory = Buffer.allocUnsafeSlow(Math.max(usual, TIME_BYTES + copiedBytes(first)))
    this.from = from
    this.bytes = memory.length
    this.#memoryBytes = memory.length
    this.#writer.begin(memory)
  }

  get end(): number {
    return this.from + this.count
  }

  /** False when there is no room for it. */
  add(message: Message, timeMs: number): boolean {
    const copied = copiedBytes(message)
    const referred = storedBytes(message) - copied
    const hasRoom =
      TIME_BYTES + copied <= this.#writer.room &&
      (this.count === 0 || this.bytes - this.#memoryBytes + referred <= PAGE_BYTES)
    if (!hasRoom) return false
    this.#writer.uint48(timeMs)
    this.#writer.message(message)
    this.bytes += referred
    this.count++
    return true
  }

  /** The messages from one offset to another, which refer to the page's memory. */
  read(from: number, to: number): StoredMessage[] {
    this.#parts.push(...this.#writer.take())
    const [first] = this.#parts
    const page = this.#parts.length === 1 ? (first as Buffer) : Buffer.concat(this.#parts)
    const reader = new StoredMessageReader()
    const messages: StoredMessage[] = []
    let offset = this.from
    for (let at = 0; at < page.length && offset <= to; offset++) {
      const start = at + TIME_BYTES
      const end = storedMessageEnd(page, start)
      if (offset >= from) {
        const message = reader.read(page, start, end)
        const expiresAt = readUint48(page, at)
        messages.push({ message, sequence: offset, delivered: false, expiresAt })
      }
      at = end
    }
    return messages
  }
}
