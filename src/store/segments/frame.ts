/**
 * How a record lies in a segment, at an address that is a multiple of 8 and is its position:
 *
 *     0              4       8
 *     | size, 32 bit | check | the record … | zeros up to a multiple of 8
 *
 * The check speaks for the size and the place, not for the record. It tells a frame from what else
 * may be there: zeros, older bytes, the inside of a record. The salt is random, so that nobody can
 * send a message that would be taken for a frame if the one around it were damaged.
 */
export const FRAME_HEADER_BYTES = 8

/** What a record of this size takes. */
export function frameBytes(size: number): number {
  return FRAME_HEADER_BYTES + Math.ceil(size / 8) * 8
}

export function frameHeader(size: number, position: number, salt: number): Buffer {
  const header = Buffer.allocUnsafe(FRAME_HEADER_BYTES)
  header.writeUInt32LE(size, 0)
  header.writeInt32LE(check(size, position, salt), 4)
  return header
}

/** What follows a record of this size. */
export function framePadding(size: number): Buffer {
  return PADDINGS[-size & 7] as Buffer
}

const PADDINGS: readonly Buffer[] = Array.from({ length: 8 }, (_, length) => Buffer.alloc(length))

/** The size of the record whose frame begins at an offset, or undefined if there is no frame. */
export function sizeAt(
  bytes: Buffer,
  offset: number,
  position: number,
  salt: number,
): number | undefined {
  const size = bytes.readUInt32LE(offset)
  return bytes.readInt32LE(offset + 4) === check(size, position, salt) ? size : undefined
}

/** Mixes so that each bit counts, as the end of MurmurHash does. */
function check(size: number, position: number, salt: number): number {
  let hash = Math.imul(salt ^ size, 0x9e3779b1)
  hash = Math.imul(hash ^ (hash >>> 16) ^ (position >>> 0), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13) ^ Math.floor(position / 2 ** 32), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}
