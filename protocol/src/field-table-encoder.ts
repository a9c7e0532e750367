// Field tables to bytes.

import { ByteWriter } from './byte-writer.ts'
import { CodecError } from './codec-error.ts'
import { type FieldTable, type FieldValue, MAX_TABLE_DEPTH } from './field-table.ts'

/** The table with its 4-byte length; throws CodecError for values out of their type's range. */
export function encodeFieldTable(table: FieldTable, maxDepth: number = MAX_TABLE_DEPTH): Buffer {
  const writer = new ByteWriter()
  writeFieldTable(writer, table, maxDepth)
  return writer.finish()
}

/** Appends the table with its length. */
export function writeFieldTable(
  writer: ByteWriter,
  table: FieldTable,
  maxDepth: number = MAX_TABLE_DEPTH,
): void {
  // The limit also ends the recursion into a table that contains itself.
  if (maxDepth <= 0) throw new CodecError('a table is nested too deeply')
  const mark = writer.beginLength()
  for (const [name, value] of table) {
    writer.shortstr(name)
    writeValue(writer, value, maxDepth - 1)
  }
  writer.endLength(mark)
}

function writeArray(writer: ByteWriter, values: FieldValue[], depth: number): void {
  if (depth <= 0) throw new CodecError('an array is nested too deeply')
  const mark = writer.beginLength()
  for (const value of values) writeValue(writer, value, depth - 1)
  writer.endLength(mark)
}

function writeValue(writer: ByteWriter, field: FieldValue, depth: number): void {
  writer.octet(field.type.charCodeAt(0))
  switch (field.type) {
    case 't':
      writer.bits(field.value)
      break
    case 'b':
      writer.signed(field.value, 1)
      break
    case 'B':
      writer.octet(field.value)
      break
    case 's':
      writer.signed(field.value, 2)
      break
    case 'u':
      writer.short(field.value)
      break
    case 'I':
      writer.signed(field.value, 4)
      break
    case 'i':
      writer.long(field.value)
      break
    case 'l':
      writer.signedLonglong(field.value)
      break
    case 'T':
      writer.timestamp(field.value)
      break
    case 'f':
      writer.float(field.value)
      break
    case 'd':
      writer.double(field.value)
      break
    case 'D':
      writer.octet(field.value.scale)
      writer.long(field.value.unscaled)
      break
    case 'S':
      writer.longstr(field.bytes ?? Buffer.from(field.value))
      break
    case 'A':
      writeArray(writer, field.value, depth)
      break
    case 'F':
      writeFieldTable(writer, field.value, depth)
      break
    case 'V':
      break
    case 'x':
      writer.longstr(field.value)
      break
    default:
      throw new CodecError(`unknown field type ${JSON.stringify((field as FieldValue).type)}`)
  }
}
