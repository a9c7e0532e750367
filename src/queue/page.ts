import type { Message } from '../message/message.ts'
import { copiedBytes, PartsWriter } from '../message/parts-writer.ts'
import { StoredMessageReader, storedBytes, storedMessageEnd } from '../message/stored-message.ts'

/** Pages are small at first, since most queues never need a second one. */
const FIRST_BYTES = 2 * 1024
/** As much is copied to a page at most, and as much referred to, unless one message is larger. */
export const PAGE_BYTES: number = 128 * 1024
const SEQUENCE_BYTES = 6
const TIME_BYTES = 6
/** Sequences are smaller. */
const TIMED = 2 ** 47

/**
 * Messages of one queue, in their order, as bytes: they take a third of what they would as objects,
 * and the garbage collector has nothing to do with them.
 *
 *     { sequence: 6, its first bit says whether there is a time │ expires at: 6, in milliseconds since
 *       1970 │ message: see `stored-message.ts` } …
 */
export class Page {
  /** The sequence of the first message. */
  readonly from: number
  count = 0
  /** Of the messages' bodies. */
  bodyBytes = 0
  /** The sequence of the last message that the message log has too, or -1. */
  lastLogged = -1
  /** How many messages there are up to the last one that it does not have. */
  #othersEnd = 0
  /** What it takes in memory. */
  bytes: number
  /** What is written one behind the other; none before the page is sealed. */
  parts: readonly Buffer[] = []
  /** Where the most of it is. */
  readonly memory: Buffer
  readonly #writer = new PartsWriter()

  constructor(sequence: number, memory: Buffer) {
    this.from = sequence
    this.bytes = memory.length
    this.memory = memory
    this.#writer.begin(memory)
  }

  /** Whether the log has all of the last messages, which are more than the ones before. */
  get endsLogged(): boolean {
    return this.#othersEnd * 2 < this.count
  }

  /** How much was copied to it. */
  get copiedBytes(): number {
    return this.memory.length - this.#writer.room
  }

  /** False when there is no room for it. */
  add(message: Message, sequence: number, expiresAt: number, isLogged: boolean): boolean {
    const copied = copiedBytes(message)
    if (headBytes(expiresAt) + copied > this.#writer.room) return false
    const referred = storedBytes(message) - copied
    const allReferred = this.bytes - this.memory.length + referred
    if (referred > 0 && this.count > 0 && allReferred > PAGE_BYTES) return false
    if (expiresAt === 0) {
      this.#writer.uint48(sequence)
    } else {
      this.#writer.uint48(TIMED + sequence)
      this.#writer.uint48(expiresAt)
    }
    this.#writer.message(message)
    this.bodyBytes += message.bodySize
    this.bytes += referred
    this.count++
    if (isLogged) this.lastLogged = sequence
    else this.#othersEnd = this.count
    return true
  }

  /** A copy of it: what is stored may be another page's memory in a moment. */
  copy(): Buffer {
    return Buffer.concat(this.parts.length > 0 ? this.parts : this.#writer.written)
  }

  /** Nothing is added any more. */
  seal(): void {
    this.parts = this.#writer.take()
  }
}

/**
 * How much memory a page should have of which this is the first message, behind another one to which
 * so many bytes were copied.
 */
export function pageBytes(message: Message, expiresAt: number, previousBytes: number): number {
  const usual = Math.min(PAGE_BYTES, Math.max(FIRST_BYTES, previousBytes * 8))
  return Math.max(usual, headBytes(expiresAt) + copiedBytes(message))
}

/** What stands before the message. */
function headBytes(expiresAt: number): number {
  return expiresAt === 0 ? SEQUENCE_BYTES : SEQUENCE_BYTES + TIME_BYTES
}

/** Calls back for each message of a page. They share its memory. */
export function readPage(
  page: Buffer,
  visit: (message: Message, sequence: number, expiresAt: number) => void,
): void {
  const reader = new StoredMessageReader()
  for (let at = 0; at < page.length; ) {
    const first = page.readUIntBE(at, SEQUENCE_BYTES)
    const isTimed = first >= TIMED
    const expiresAt = isTimed ? page.readUIntBE(at + SEQUENCE_BYTES, TIME_BYTES) : 0
    const start = at + headBytes(expiresAt)
    const end = storedMessageEnd(page, start)
    visit(reader.read(page, start, end), isTimed ? first - TIMED : first, expiresAt)
    at = end
  }
}
