import {
  contentHeaderBodySize,
  FRAME_BODY,
  FRAME_END,
  FRAME_HEADER,
  FRAME_HEADER_SIZE,
  FRAME_OVERHEAD,
} from 'amqp-codec'
import { readUint16, readUint32 } from './big-endian.ts'
import { Message, NO_MORE_RUNS } from './message.ts'
import { PublishAddress } from './publish-address.ts'

/*
 * A message outside memory. Integers are big-endian.
 *
 *     content length: 4 │ address length: 2
 *     │ address: exchange and routing key, as short strings
 *     │ content: header frame and, unless the body is empty, one body frame
 *
 * It is whole by itself, so that one can be read without what stands before it.
 */

export const STORED_HEAD_BYTES: number = 4 + 2

/** What a message takes when it is stored. */
export function storedBytes(message: Message): number {
  const { address } = message
  return STORED_HEAD_BYTES + address.end - address.start + contentBytes(message)
}

/** However many frames a body came in, it is stored in one: it is cut anew for each receiver. */
export function contentBytes(message: Message): number {
  if (message.isOneFrame) return message.end - message.start
  return message.headerFrameBytes + message.bodySize + FRAME_OVERHEAD
}

/** Where the message ends that is stored at `start`. Throws RangeError when that is not within. */
export function storedMessageEnd(bytes: Buffer, start: number): number {
  assertWithin(bytes, start + STORED_HEAD_BYTES)
  const content = readUint32(bytes, start)
  const end = start + STORED_HEAD_BYTES + readUint16(bytes, start + 4) + content
  assertWithin(bytes, end)
  return end
}

/** How large the body is of what is stored in `bytes[start, end)`, if it makes sense. */
export function storedBodyBytes(bytes: Buffer, start: number, end: number): number {
  const contentStart = start + STORED_HEAD_BYTES + readUint16(bytes, start + 4)
  if (contentStart + FRAME_OVERHEAD > end) return 0
  const bodyStart = contentStart + FRAME_OVERHEAD + readUint32(bytes, contentStart + 3)
  return Math.max(0, end - bodyStart - FRAME_OVERHEAD)
}

/** Throws RangeError when what is read would go on behind the end. */
export function assertWithin(bytes: Buffer, end: number): void {
  if (end > bytes.length) throw new RangeError(`it ends within an entry, at ${bytes.length}`)
}

/** Makes messages of what was stored; those that follow each other share their address if they can. */
export class StoredMessageReader {
  #address = new PublishAddress('', '', Buffer.alloc(0), 0, 0)

  /**
   * The message that is stored in `bytes[start, end)`, which becomes its own. Throws RangeError when
   * it makes no sense.
   */
  read(bytes: Buffer, start: number, end: number): Message {
    const addressStart = start + STORED_HEAD_BYTES
    const contentStart = addressStart + readUint16(bytes, start + 4)
    assertContent(bytes, contentStart, end)
    if (!isAddress(this.#address, bytes, addressStart, contentStart)) {
      this.#address = readAddress(bytes, addressStart, contentStart)
    }
    return new Message(this.#address, bytes, contentStart, end, NO_MORE_RUNS)
  }
}

function isAddress(address: PublishAddress, bytes: Buffer, start: number, end: number): boolean {
  const { buffer } = address
  const distance = address.start - start
  if (address.end - distance !== end) return false
  for (let at = start; at < end; at++) if (bytes[at] !== buffer[at + distance]) return false
  return true
}

/** It gets memory of its own: it outlives the bytes, for as long as messages share it. */
function readAddress(record: Buffer, start: number, end: number): PublishAddress {
  const bytes = Buffer.from(record.subarray(start, end))
  const middle = 1 + bytes.readUInt8(0)
  if (middle + 1 + bytes.readUInt8(middle) !== bytes.length) {
    throw new RangeError(`it has a malformed address at ${start}`)
  }
  const exchange = bytes.toString('utf8', 1, middle)
  return new PublishAddress(exchange, bytes.toString('utf8', middle + 1), bytes, 0, bytes.length)
}

function assertContent(bytes: Buffer, start: number, end: number): void {
  const header = start + FRAME_HEADER_SIZE
  const bodyStart = endOfFrame(bytes, start, end, FRAME_HEADER)
  const isHeader = bodyStart - start >= FRAME_OVERHEAD + LEAST_HEADER_BYTES
  const bodyBytes = isHeader ? contentHeaderBodySize(bytes, header) : Number.NaN
  const bodyEnd = bodyBytes === 0 ? bodyStart : endOfFrame(bytes, bodyStart, end, FRAME_BODY)
  const isBody =
    bodyEnd === end && (bodyBytes === 0 || bodyEnd - bodyStart === bodyBytes + FRAME_OVERHEAD)
  if (!isBody) throw malformedContent(start)
}

/** Class id, weight, body size and property flags. */
const LEAST_HEADER_BYTES = 14

function endOfFrame(bytes: Buffer, start: number, limit: number, type: number): number {
  if (start + FRAME_OVERHEAD > limit || bytes[start] !== type) throw malformedContent(start)
  const end = start + FRAME_OVERHEAD + readUint32(bytes, start + 3)
  if (end > limit || bytes[end - 1] !== FRAME_END) throw malformedContent(start)
  return end
}

function malformedContent(at: number): RangeError {
  return new RangeError(`it has malformed content at ${at}`)
}
