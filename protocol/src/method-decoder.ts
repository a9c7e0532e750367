// Method frames' payloads to method objects.

import { ByteReader } from './byte-reader.ts'
import { UnknownMethodError } from './codec-error.ts'
import { decodeMethodFields } from './generated/method-decoders.ts'
import type { Method } from './generated/methods.ts'

/**
 * Decodes the method in buffer[start, end), which begins with the class id. Throws
 * UnknownMethodError, or CodecError when the fields do not fit.
 */
export function decodeMethod(buffer: Buffer, start: number, end: number): Method {
  const reader = new ByteReader(buffer, start, end)
  const id = reader.long()
  const method = decodeMethodFields(id, reader)
  if (method === undefined) throw new UnknownMethodError(id)
  return method
}
