// Content headers as a whole: all properties at once.

import { ByteReader } from './byte-reader.ts'
import { CodecError } from './codec-error.ts'
import { type BasicProperties, decodePropertyList } from './generated/properties.ts'

/** Class id, weight and body size, which stand before the flags. */
const FLAGS_AT = 12

/** The lowest bits of the flags: one says that more flags follow, the other means nothing. */
const FLAGS_WITHOUT_PROPERTY = 0b11

/** Decodes the properties of the content header whose payload is buffer[start, end). */
export function decodeProperties(buffer: Buffer, start: number, end: number): BasicProperties {
  const reader = new ByteReader(buffer, start, end)
  reader.skip(FLAGS_AT)
  const flags = reader.short()
  if ((flags & FLAGS_WITHOUT_PROPERTY) !== 0) throw new CodecError('unknown property flags')
  const properties = decodePropertyList(flags, reader)
  if (reader.at !== end) throw new CodecError(`${end - reader.at} bytes after the properties`)
  return properties
}
