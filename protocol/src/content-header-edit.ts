// Changes single things in a content header and leaves every other octet as it is: properties may
// be any octets, and decoding them to encode them again would change those that are not UTF-8.

import { readLong } from './byte-reader.ts'
import { fieldEnd } from './field-table-check.ts'
import { PROPERTY_HEADERS } from './generated/properties.ts'
import {
  CONTENT_HEADER_MIN_SIZE,
  FLAGS_AT,
  propertyFlags,
  skipProperties,
} from './property-layout.ts'

/** Octets of a buffer. */
export interface OctetRange {
  readonly start: number
  readonly end: number
}

/**
 * Where a property's value lies, length octets included, in the content header whose payload is
 * buffer[start, end); undefined when it is absent. Throws CodecError.
 */
export function locateProperty(
  buffer: Buffer,
  start: number,
  end: number,
  flag: number,
): OctetRange | undefined {
  const flags = propertyFlags(buffer, start)
  if ((flags & flag) === 0) return undefined
  // The flags that come before it are the higher ones.
  const list = start + CONTENT_HEADER_MIN_SIZE
  const at = skipProperties(flags & -(flag << 1), buffer, list, end)
  return { start: at, end: skipProperties(flag, buffer, at, end) }
}

/**
 * Where the fields of that name lie in the headers of the content header whose payload is
 * buffer[start, end): name, type and value of each. The header must be whole: see
 * `checkContentHeader`.
 */
export function locateHeaderFields(
  buffer: Buffer,
  start: number,
  end: number,
  name: string,
): readonly OctetRange[] {
  const headers = locateProperty(buffer, start, end, PROPERTY_HEADERS)
  if (headers === undefined) return []
  const found: OctetRange[] = []
  for (let at = headers.start + 4; at < headers.end; ) {
    const valueStart = at + 1 + (buffer[at] as number)
    const next = fieldEnd(buffer, valueStart, headers.end)
    if (buffer.toString('utf8', at + 1, valueStart) === name) found.push({ start: at, end: next })
    at = next
  }
  return found
}

/** The payload of a content header with other octets in the place of a property's value. */
export function replaceProperty(
  buffer: Buffer,
  start: number,
  end: number,
  property: OctetRange,
  value: Buffer,
): Buffer {
  return Buffer.concat([
    buffer.subarray(start, property.start),
    value,
    buffer.subarray(property.end, end),
  ])
}

/** The payload of a content header without those fields of its headers, in the order they lie in. */
export function removeHeaderFields(
  buffer: Buffer,
  start: number,
  end: number,
  fields: readonly OctetRange[],
): Buffer {
  const headers = locateProperty(buffer, start, end, PROPERTY_HEADERS)
  if (headers === undefined) return Buffer.from(buffer.subarray(start, end))
  const pieces: Buffer[] = []
  let kept = headers.start + 4
  for (const field of fields) {
    pieces.push(buffer.subarray(kept, field.start))
    kept = field.end
  }
  pieces.push(buffer.subarray(kept, headers.end))
  const table = Buffer.concat([Buffer.alloc(4), ...pieces])
  table.writeUInt32BE(readLong(buffer, headers.start) - removedBytes(fields))
  return replaceProperty(buffer, start, end, headers, table)
}

/**
 * The payload of a content header in which a property has that value, length octets included, whether it
 * had one before or not; undefined removes it.
 */
export function setProperty(
  buffer: Buffer,
  start: number,
  end: number,
  flag: number,
  value: Buffer | undefined,
): Buffer {
  const list = start + CONTENT_HEADER_MIN_SIZE
  const flags = propertyFlags(buffer, start)
  // The flags that come before it are the higher ones.
  const at = skipProperties(flags & -(flag << 1), buffer, list, end)
  const next = skipProperties(flags & flag, buffer, at, end)
  const before = buffer.subarray(start, at)
  const payload = Buffer.concat([before, value ?? Buffer.alloc(0), buffer.subarray(next, end)])
  payload.writeUInt16BE(value === undefined ? flags & ~flag : flags | flag, FLAGS_AT)
  return payload
}

function removedBytes(fields: readonly OctetRange[]): number {
  return fields.reduce((sum, field) => sum + field.end - field.start, 0)
}
