// Field tables as values: what a table may hold, and what RabbitMQ calls each type. The type
// letters are RabbitMQ's, see spec/errata.md.

/**
 * A value of a field table, told apart by the letter that stands before it on the wire.
 * Integers of 64 bits are bigints, so all values survive decoding and encoding unchanged.
 */
export type FieldValue =
  | { type: 't'; value: boolean }
  | { type: 'b' | 'B' | 's' | 'u' | 'I' | 'i' | 'f' | 'd'; value: number }
  | { type: 'l' | 'T'; value: bigint }
  | { type: 'D'; value: { scale: number; unscaled: number } }
  /** `bytes` is there only when they are not UTF-8; then it, not `value`, is what is encoded. */
  | { type: 'S'; value: string; bytes?: Buffer }
  | { type: 'A'; value: FieldValue[] }
  | { type: 'F'; value: FieldTable }
  | { type: 'V'; value: null }
  | { type: 'x'; value: Buffer }

/** The letter of a field's type. */
export type FieldType = FieldValue['type']

/** Names and values, in the order of the wire. */
export type FieldTable = ReadonlyMap<string, FieldValue>

/** How deep tables and arrays may be nested unless a call says otherwise. */
export const MAX_TABLE_DEPTH = 64

const TYPE_NAMES: Record<FieldType, string> = {
  t: 'bool',
  b: 'byte',
  B: 'unsignedbyte',
  s: 'short',
  u: 'unsignedshort',
  I: 'signedint',
  i: 'unsignedint',
  l: 'long',
  T: 'timestamp',
  f: 'float',
  d: 'double',
  D: 'decimal',
  S: 'longstr',
  A: 'array',
  F: 'table',
  V: 'void',
  x: 'binary',
}

/** What RabbitMQ calls the type in its messages: `fieldTypeName('I')` is `signedint`. */
export function fieldTypeName(type: FieldType): string {
  return TYPE_NAMES[type]
}
