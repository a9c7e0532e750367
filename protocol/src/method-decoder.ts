// Method frames' payloads to method objects.

import { ByteReader } from './byte-reader.ts'
import { CodecError, UnknownMethodError } from './codec-error.ts'
import { decodeMethodFields } from './generated/method-decoders.ts'
import type { Method } from './generated/methods.ts'

/**
 * Decodes the method in buffer[start, end), which begins with the class id. Throws
 * UnknownMethodError, MalformedUtf8Error, or CodecError when the fields are not exactly as long as
 * the payload.
 */
export function decodeMethod(buffer: Buffer, start: number, end: number): Method {
  const reader = new ByteReader(buffer, start, end)
  const id = reader.long()
  const method = decodeMethodFields(id, reader)
  if (method === undefined) throw new UnknownMethodError(id)
  if (reader.at !== end) throw new CodecError(`${end - reader.at} bytes after the method`)
  return method
}
