// Bytes to field tables. All lengths and the depth of nesting are checked, so hostile bytes end in
// a CodecError and cost memory in proportion to their number only.

import { ByteReader } from './byte-reader.ts'
import { CodecError } from './codec-error.ts'
import { type FieldTable, type FieldValue, MAX_TABLE_DEPTH } from './field-table.ts'

/** Decodes buffer[start, end), which is the 4-byte length of a table and its fields, no more. */
export function decodeFieldTable(
  buffer: Buffer,
  start: number,
  end: number,
  maxDepth: number = MAX_TABLE_DEPTH,
): FieldTable {
  const reader = new ByteReader(buffer, start, end)
  const table = readFieldTable(reader, maxDepth)
  if (reader.at !== end) throw new CodecError(`${end - reader.at} bytes after the table`)
  return table
}

/** Decodes the fields in buffer[start, end); no length precedes them, as in AMQPLAIN responses. */
export function decodeFields(
  buffer: Buffer,
  start: number,
  end: number,
  maxDepth: number = MAX_TABLE_DEPTH,
): FieldTable {
  return readFields(new ByteReader(buffer, start, end), maxDepth)
}

/** Reads a table with its length. */
export function readFieldTable(reader: ByteReader, maxDepth: number = MAX_TABLE_DEPTH): FieldTable {
  return readSized(reader, maxDepth, readFields)
}

/** Reads a length, then what it spans, with the reader's end drawn in so that nothing overruns. */
function readSized<T>(
  reader: ByteReader,
  depth: number,
  readContent: (reader: ByteReader, depth: number) => T,
): T {
  if (depth <= 0) throw new CodecError('a table is nested too deeply')
  const size = reader.long()
  const outerEnd = reader.end
  const innerEnd = reader.skip(size) + size
  reader.at = innerEnd - size
  reader.end = innerEnd
  const content = readContent(reader, depth - 1)
  reader.end = outerEnd
  return content
}

function readFields(reader: ByteReader, depth: number): FieldTable {
  const table = new Map<string, FieldValue>()
  while (reader.at < reader.end) {
    const name = writable(reader.shortstr())
    const value = readValue(reader, depth)
    // RabbitMQ looks names up in a list from its head, so the first of several counts.
    if (!table.has(name)) table.set(name, value)
  }
  return table
}

/** What most octets become, as text, that are not UTF-8: three octets each. */
const MOST_OCTETS_PER_UNIT = 3
const MAX_SHORTSTR_BYTES = 255

/** A name that was not UTF-8 may be too long now to be written again: then its end is left out. */
function writable(name: string): string {
  if (name.length * MOST_OCTETS_PER_UNIT <= MAX_SHORTSTR_BYTES) return name
  let beginning = name
  while (Buffer.byteLength(beginning) > MAX_SHORTSTR_BYTES) beginning = beginning.slice(0, -1)
  return beginning.replace(HALF_A_CHARACTER, '')
}

/** The first unit of two that are one character, at the end. */
const HALF_A_CHARACTER = /[\ud800-\udbff]$/

function readArray(reader: ByteReader, depth: number): FieldValue[] {
  const values: FieldValue[] = []
  while (reader.at < reader.end) values.push(readValue(reader, depth))
  return values
}

function readValue(reader: ByteReader, depth: number): FieldValue {
  const type = String.fromCharCode(reader.octet())
  switch (type) {
    case 't':
      return { type, value: reader.octet() !== 0 }
    case 'b':
      return { type, value: (reader.octet() << 24) >> 24 }
    case 'B':
      return { type, value: reader.octet() }
    case 's':
      return { type, value: (reader.short() << 16) >> 16 }
    case 'u':
      return { type, value: reader.short() }
    case 'I':
      return { type, value: reader.long() | 0 }
    case 'i':
      return { type, value: reader.long() }
    case 'l':
    case 'L':
      return { type: 'l', value: reader.buffer.readBigInt64BE(reader.skip(8)) }
    case 'T':
      return { type, value: reader.timestamp() }
    case 'f':
      return { type, value: finite(reader.buffer.readFloatBE(reader.skip(4))) }
    case 'd':
      return { type, value: finite(reader.buffer.readDoubleBE(reader.skip(8))) }
    case 'D':
      return { type, value: { scale: reader.octet(), unscaled: reader.long() } }
    case 'S':
      return readString(reader)
    case 'A':
      return { type, value: readSized(reader, depth, readArray) }
    case 'F':
      return { type, value: readSized(reader, depth, readFields) }
    case 'V':
      return { type, value: null }
    case 'x':
      return { type, value: reader.longstr() }
    default:
      throw new CodecError(`unknown field type ${JSON.stringify(type)}`)
  }
}

/** RabbitMQ cannot hold NaN and the infinities, and takes a table with one of them for broken. */
function finite(value: number): number {
  if (!Number.isFinite(value)) throw new CodecError(`${value} in a table`)
  return value
}

function readString(reader: ByteReader): FieldValue {
  const size = reader.long()
  const at = reader.skip(size)
  const value = reader.buffer.toString('utf8', at, at + size)
  // Whatever is not UTF-8 decodes to U+FFFD, so only then is a closer look needed.
  if (!value.includes('\ufffd')) return { type: 'S', value }
  const bytes = Buffer.from(reader.buffer.subarray(at, at + size))
  return bytes.equals(Buffer.from(value)) ? { type: 'S', value } : { type: 'S', value, bytes }
}
