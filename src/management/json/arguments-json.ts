import { isUtf8 } from 'node:buffer'
import { type FieldTable, type FieldValue, fieldTableFromObject } from 'amqp-codec'
import type { JsonValue } from '../../definitions/definition.ts'
import { badRequest } from '../http-error.ts'

/** A field table as people read it: octets that are no text are in base64, times in seconds. */
export function argumentsJson(table: FieldTable): Readonly<Record<string, JsonValue>> {
  return Object.fromEntries(Array.from(table, ([name, value]) => [name, valueJson(value)]))
}

function valueJson(field: FieldValue): JsonValue {
  switch (field.type) {
    case 'A':
      return field.value.map(valueJson)
    case 'F':
      return argumentsJson(field.value)
    case 'S':
      return field.bytes === undefined ? field.value : textOf(field.bytes)
    case 'x':
      return textOf(field.value)
    case 'D':
      return field.value.unscaled / 10 ** field.value.scale
    case 'l':
    case 'T':
      return Number(field.value)
    case 'f':
    case 'd':
      // JSON has no word for what is no number.
      return Number.isFinite(field.value) ? field.value : String(field.value)
    default:
      return field.value
  }
}

const textOf = (bytes: Buffer): string =>
  isUtf8(bytes) ? bytes.toString('utf8') : bytes.toString('base64')

/** Over AMQP, a table fits into a frame. */
const MAX_TEXT_BYTES = 128 * 1024

/** The other way. Throws 400 for what cannot be a field table. */
export function argumentsFrom(plain: Readonly<Record<string, JsonValue>>): FieldTable {
  if (Buffer.byteLength(JSON.stringify(plain)) > MAX_TEXT_BYTES) {
    throw badRequest(`a table has at most ${MAX_TEXT_BYTES} octets as JSON`)
  }
  try {
    return fieldTableFromObject(plain)
  } catch (error) {
    throw badRequest((error as Error).message)
  }
}
