// Field values as an amqplib program writes and sees them.

import type { FieldTable, FieldValue } from '../../src/index.ts'

const AMQPLIB_TYPES: Record<string, string> = {
  b: 'int8',
  B: 'uint8',
  s: 'int16',
  u: 'uint16',
  I: 'int32',
  i: 'uint32',
  l: 'int64',
  T: 'timestamp',
  f: 'float',
  d: 'double',
}

/** What to give amqplib for it to write a field of this type. */
export function toAmqplib(field: FieldValue): unknown {
  switch (field.type) {
    case 'A':
      return field.value.map(toAmqplib)
    case 'F':
      return Object.fromEntries(Array.from(field.value, ([key, f]) => [key, toAmqplib(f)]))
    case 'D':
      return { '!': 'decimal', value: { places: field.value.scale, digits: field.value.unscaled } }
    default: {
      const type = AMQPLIB_TYPES[field.type]
      return type === undefined ? field.value : { '!': type, value: field.value }
    }
  }
}

/** What amqplib shows its user of a field. */
export function seenByAmqplib(field: FieldValue): unknown {
  switch (field.type) {
    case 'A':
      return field.value.map(seenByAmqplib)
    case 'F':
      return Object.fromEntries(Array.from(field.value, ([key, f]) => [key, seenByAmqplib(f)]))
    case 'D':
      return toAmqplib(field)
    case 'T':
      return { '!': 'timestamp', value: Number(field.value) }
    case 'l':
      return Number(field.value)
    default:
      return field.value
  }
}

/** The table as it is when strings are only text, as they are in amqplib. */
export function withoutBytes(table: FieldTable): FieldTable {
  return new Map(Array.from(table, ([name, field]) => [name, textOnly(field)]))
}

function textOnly(field: FieldValue): FieldValue {
  if (field.type === 'S') return { type: 'S', value: field.value }
  if (field.type === 'A') return { type: 'A', value: field.value.map(textOnly) }
  return field.type === 'F' ? { type: 'F', value: withoutBytes(field.value) } : field
}
