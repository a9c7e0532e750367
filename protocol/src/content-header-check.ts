// Whether a content header could be decoded, found out without decoding it: for a broker that
// passes headers on as bytes and must not hand its consumers what would break them.

import { CodecError } from './codec-error.ts'
import { checkFieldTable } from './field-table-check.ts'
import { PROPERTY_HEADERS } from './generated/properties.ts'
import { CONTENT_HEADER_MIN_SIZE, propertyFlags, skipProperties } from './property-layout.ts'

/**
 * Throws CodecError exactly when `decodeProperties` would for the content header whose payload is
 * buffer[start, end). Allocates nothing.
 */
export function checkContentHeader(buffer: Buffer, start: number, end: number): void {
  if (end - start < CONTENT_HEADER_MIN_SIZE) throw new CodecError('a content header is cut short')
  const flags = propertyFlags(buffer, start)
  const list = start + CONTENT_HEADER_MIN_SIZE
  if (skipProperties(flags, buffer, list, end) !== end) {
    throw new CodecError('a content header is longer than its properties')
  }
  if ((flags & PROPERTY_HEADERS) === 0) return
  const table = skipProperties(flags & -(PROPERTY_HEADERS << 1), buffer, list, end)
  checkFieldTable(buffer, table, end)
}
