// What each domain is in TypeScript: its type, and how generated code reads and writes it.

import type { Domain } from './spec.ts'

const FIELD_TYPES: Record<Domain, string> = {
  bit: 'boolean',
  octet: 'number',
  short: 'number',
  long: 'number',
  longlong: 'number',
  timestamp: 'bigint',
  shortstr: 'string',
  longstr: 'Buffer',
  table: 'FieldTable',
}

export function fieldType(domain: Domain): string {
  return FIELD_TYPES[domain]
}

/** Code that takes one value from `reader`. */
export function readExpression(domain: Domain): string {
  return domain === 'table' ? 'readFieldTable(reader)' : `reader.${domain}()`
}

/** Code that appends `value` to `writer`. */
export function writeStatement(domain: Domain, value: string): string {
  return domain === 'table' ? `writeFieldTable(writer, ${value})` : `writer.${domain}(${value})`
}
