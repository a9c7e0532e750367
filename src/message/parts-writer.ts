import { contentPieces } from './content-pieces.ts'
import { copyBytes } from './copy-bytes.ts'
import type { FrameRun, Message } from './message.ts'
import { contentBytes, storedBytes } from './stored-message.ts'

/** Larger pieces of content are not copied: whoever stores them is given them where they are. */
const COPY_LIMIT_BYTES = 8 * 1024

const NO_BYTES = Buffer.alloc(0)

/**
 * Writes messages, and numbers about them, as a list of buffers: small pieces are copied one behind
 * the other, large ones referred to. Integers are big-endian.
 */
export class PartsWriter {
  #copy: Buffer = NO_BYTES
  #parts: Buffer[] = []
  /** Where the part begins that is being written, and where it goes on. */
  #partStart = 0
  #at = 0

  /** Begins anew, in memory with room for all that is going to be copied. */
  begin(memory: Buffer): void {
    this.#copy = memory
    this.#partStart = 0
    this.#at = 0
  }

  /** How much more can be copied. */
  get room(): number {
    return this.#copy.length - this.#at
  }

  uint8(value: number): void {
    this.#copy[this.#at++] = value
  }

  uint32(value: number): void {
    const copy = this.#copy
    const at = this.#at
    copy[at] = value >>> 24
    copy[at + 1] = value >>> 16
    copy[at + 2] = value >>> 8
    copy[at + 3] = value
    this.#at = at + 4
  }

  uint48(value: number): void {
    const high = Math.floor(value / 0x1_0000_0000)
    this.#copy[this.#at++] = high >>> 8
    this.#copy[this.#at++] = high
    this.uint32(value)
  }

  /** As `stored-message.ts` says. */
  message(message: Message): void {
    const { address } = message
    const addressBytes = address.end - address.start
    this.uint32(contentBytes(message))
    this.uint8(addressBytes >>> 8)
    this.uint8(addressBytes)
    copyBytes(address.buffer, address.start, address.end, this.#copy, this.#at)
    this.#at += addressBytes
    if (isCopied(message)) {
      copyBytes(message.buffer, message.start, message.end, this.#copy, this.#at)
      this.#at += message.end - message.start
      return
    }
    for (const piece of contentPieces(message)) this.#piece(piece)
  }

  /** The parts of what was written since the last call. */
  take(): readonly Buffer[] {
    this.#endPart()
    const parts = this.#parts
    this.#parts = []
    return parts
  }

  /** Nothing is to be written for now: keeps no memory alive. */
  end(): void {
    this.begin(NO_BYTES)
  }

  #piece({ buffer, start, end }: FrameRun): void {
    if (end - start <= COPY_LIMIT_BYTES) {
      copyBytes(buffer, start, end, this.#copy, this.#at)
      this.#at += end - start
      return
    }
    this.#endPart()
    this.#parts.push(buffer.subarray(start, end))
  }

  #endPart(): void {
    if (this.#at > this.#partStart) this.#parts.push(this.#copy.subarray(this.#partStart, this.#at))
    this.#partStart = this.#at
  }
}

/** How much of a message is copied when it is written. */
export function copiedBytes(message: Message): number {
  if (isCopied(message)) return storedBytes(message)
  let size = storedBytes(message)
  for (const { start, end } of contentPieces(message)) {
    if (end - start > COPY_LIMIT_BYTES) size -= end - start
  }
  return size
}

function isCopied(message: Message): boolean {
  return message.isOneFrame && message.end - message.start <= COPY_LIMIT_BYTES
}
