// Content headers as a whole: all properties at once.

import { ByteReader } from './byte-reader.ts'
import { CodecError } from './codec-error.ts'
import { type BasicProperties, decodePropertyList } from './generated/properties.ts'

/** Class id, weight and body size, which stand before the flags. */
const FLAGS_AT = 12

/**
 * Decodes the properties of the content header whose payload is buffer[start, end). Throws
 * CodecError when they are not exactly as long as the payload. Flags that no property has are
 * ignored, as RabbitMQ does.
 */
export function decodeProperties(buffer: Buffer, start: number, end: number): BasicProperties {
  const reader = new ByteReader(buffer, start, end)
  reader.skip(FLAGS_AT)
  const properties = decodePropertyList(reader.short(), reader)
  if (reader.at !== end) throw new CodecError(`${end - reader.at} bytes after the properties`)
  return properties
}
