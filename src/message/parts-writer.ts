import { writeUint16, writeUint32, writeUint48 } from './big-endian.ts'
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
    this.#at = writeUint32(this.#copy, this.#at, value)
  }

  uint48(value: number): void {
    this.#at = writeUint48(this.#copy, this.#at, value)
  }

  bytes(bytes: Buffer): void {
    this.#at += bytes.copy(this.#copy, this.#at)
  }

  /** As `stored-message.ts` says. */
  message(message: Message): void {
    const { address } = message
    const copy = this.#copy
    const addressBytes = address.end - address.start
    let at = writeUint32(copy, this.#at, contentBytes(message))
    at = writeUint16(copy, at, addressBytes)
    copyBytes(address.buffer, address.start, address.end, copy, at)
    at += addressBytes
    if (isCopied(message)) {
      copyBytes(message.buffer, message.start, message.end, copy, at)
      this.#at = at + message.end - message.start
      return
    }
    this.#at = at
    for (const piece of contentPieces(message)) this.#piece(piece)
  }

  /** What `take` would give, which stays as it is until then. */
  get written(): readonly Buffer[] {
    return [...this.#parts, this.#copy.subarray(this.#partStart, this.#at)]
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
  return storedBytes(message) - referredBytes(message)
}

/** How much of it is referred to where it is. */
export function referredBytes(message: Message): number {
  let size = 0
  if (isCopied(message)) return size
  for (const { start, end } of contentPieces(message)) {
    if (end - start > COPY_LIMIT_BYTES) size += end - start
  }
  return size
}

function isCopied(message: Message): boolean {
  return message.isOneFrame && message.end - message.start <= COPY_LIMIT_BYTES
}
