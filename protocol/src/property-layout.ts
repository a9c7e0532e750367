// How properties lie in a content header: a word of flags, then the properties whose flags are
// set, from the highest flag down. Stepping over them needs their sizes only.

import { readLong } from './byte-reader.ts'
import { CodecError } from './codec-error.ts'
import {
  OCTET_PROPERTIES,
  PROPERTY_HEADERS,
  PROPERTY_TIMESTAMP,
  SHORTSTR_PROPERTIES,
} from './generated/properties.ts'

/** Class id, weight and body size stand before the flags. Spec §2.3.5.2. */
export const FLAGS_AT = 12

/** The size of a content header without any property; a shorter payload is none. */
export const CONTENT_HEADER_MIN_SIZE = 14

/** The flags that stand for a property. RabbitMQ ignores the two others, and so do we. */
const ALL_PROPERTIES =
  SHORTSTR_PROPERTIES | OCTET_PROPERTIES | PROPERTY_HEADERS | PROPERTY_TIMESTAMP

/** The flags of the content header whose payload starts at `start`. */
export function propertyFlags(buffer: Buffer, start: number): number {
  const at = start + FLAGS_AT
  return (((buffer[at] as number) << 8) | (buffer[at + 1] as number)) & ALL_PROPERTIES
}

/**
 * Where the properties of these flags, which start at `at`, end. Throws CodecError when that is
 * after `end`.
 */
export function skipProperties(flags: number, buffer: Buffer, at: number, end: number): number {
  let position = at
  let rest = flags
  while (rest !== 0) {
    // A property's size is inside it, and must not be read from what follows the header.
    if (position >= end) throw new CodecError('a content header is cut short')
    const flag = 0x8000_0000 >>> Math.clz32(rest)
    rest ^= flag
    position += sizeOf(flag, buffer, position)
  }
  if (!(position <= end)) throw new CodecError('a content header is cut short')
  return position
}

/** The size of the property at `at`; NaN when the buffer ends before its length does. */
function sizeOf(flag: number, buffer: Buffer, at: number): number {
  if ((flag & SHORTSTR_PROPERTIES) !== 0) return 1 + (buffer[at] as number)
  if ((flag & OCTET_PROPERTIES) !== 0) return 1
  if (flag === PROPERTY_HEADERS) return 4 + readLong(buffer, at)
  return 8
}
