// Reads single things out of a content header where it lies, for a broker that passes headers on
// as bytes. `start` is where the payload of the header frame starts, `end` where it ends:
//
//     class id  weight  body size  flags  properties
//     0         2       4          12     14

import { ByteReader, readLongLong } from './byte-reader.ts'
import { CodecError } from './codec-error.ts'
import type { FieldTable } from './field-table.ts'
import { readFieldTable } from './field-table-decoder.ts'
import * as property from './generated/properties.ts'
import { CONTENT_HEADER_MIN_SIZE, propertyFlags, skipProperties } from './property-layout.ts'

const WEIGHT_AT = 2
const BODY_SIZE_AT = 4

export function contentHeaderClassId(buffer: Buffer, start: number): number {
  return ((buffer[start] as number) << 8) | (buffer[start + 1] as number)
}

/** Always 0 from a sane peer; RabbitMQ takes no other for a content header. */
export function contentHeaderWeight(buffer: Buffer, start: number): number {
  return ((buffer[start + WEIGHT_AT] as number) << 8) | (buffer[start + WEIGHT_AT + 1] as number)
}

/** The octets of body to come. Exact up to 2^53-1. */
export function contentHeaderBodySize(buffer: Buffer, start: number): number {
  return readLongLong(buffer, start + BODY_SIZE_AT)
}

/** Whether a property is there, told by its flag: `PROPERTY_HEADERS` and its like. */
export function hasProperty(buffer: Buffer, start: number, flag: number): boolean {
  return (propertyFlags(buffer, start) & flag) !== 0
}

/** 0 when absent. */
export function readDeliveryMode(buffer: Buffer, start: number, end: number): number {
  const at = locate(buffer, start, end, property.PROPERTY_DELIVERY_MODE)
  return at < 0 ? 0 : (buffer[at] as number)
}

/** -1 when absent. */
export function readPriority(buffer: Buffer, start: number, end: number): number {
  const at = locate(buffer, start, end, property.PROPERTY_PRIORITY)
  return at < 0 ? -1 : (buffer[at] as number)
}

export function readHeaders(buffer: Buffer, start: number, end: number): FieldTable | undefined {
  const at = locate(buffer, start, end, property.PROPERTY_HEADERS)
  return at < 0 ? undefined : readFieldTable(new ByteReader(buffer, at, end))
}

/** Seconds since 1970. */
export function readTimestamp(buffer: Buffer, start: number, end: number): bigint | undefined {
  const at = locate(buffer, start, end, property.PROPERTY_TIMESTAMP)
  return at < 0 ? undefined : new ByteReader(buffer, at, end).timestamp()
}

/** Reads one of the properties that are short strings. */
type StringPropertyReader = (buffer: Buffer, start: number, end: number) => string | undefined

export const readContentType: StringPropertyReader = shortstr(property.PROPERTY_CONTENT_TYPE)
export const readContentEncoding: StringPropertyReader = shortstr(
  property.PROPERTY_CONTENT_ENCODING,
)
export const readCorrelationId: StringPropertyReader = shortstr(property.PROPERTY_CORRELATION_ID)
export const readReplyTo: StringPropertyReader = shortstr(property.PROPERTY_REPLY_TO)
export const readExpiration: StringPropertyReader = shortstr(property.PROPERTY_EXPIRATION)
export const readMessageId: StringPropertyReader = shortstr(property.PROPERTY_MESSAGE_ID)
export const readType: StringPropertyReader = shortstr(property.PROPERTY_TYPE)
export const readUserId: StringPropertyReader = shortstr(property.PROPERTY_USER_ID)
export const readAppId: StringPropertyReader = shortstr(property.PROPERTY_APP_ID)
export const readClusterId: StringPropertyReader = shortstr(property.PROPERTY_CLUSTER_ID)

function shortstr(flag: number): StringPropertyReader {
  return (buffer, start, end) => {
    const at = locate(buffer, start, end, flag)
    return at < 0 ? undefined : new ByteReader(buffer, at, end).shortstr()
  }
}

/** Where the property starts, or -1 when it is absent. */
function locate(buffer: Buffer, start: number, end: number, wanted: number): number {
  if (end - start < CONTENT_HEADER_MIN_SIZE) throw new CodecError('a content header is cut short')
  const flags = propertyFlags(buffer, start)
  if ((flags & wanted) === 0) return -1
  // The properties before the wanted one are those with higher flags.
  const at = skipProperties(flags & -(wanted << 1), buffer, start + CONTENT_HEADER_MIN_SIZE, end)
  if (at >= end) throw new CodecError('a content header is cut short')
  return at
}
