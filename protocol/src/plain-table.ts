// Field tables to and from plain JavaScript objects, for code that cares about values and not
// about their types on the wire: server properties, queue arguments in JSON, tests.

import { CodecError } from './codec-error.ts'
import { type FieldTable, type FieldValue, MAX_TABLE_DEPTH } from './field-table.ts'

/** A field value without its wire type. */
export type PlainValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Date
  | Buffer
  | PlainValue[]
  | PlainTable

/** A field table as a plain object. */
export interface PlainTable {
  [name: string]: PlainValue
}

/**
 * Integers become `I`, or `l` when 32 bits are too few; other numbers `d`, bigints `l`, strings
 * `S`, dates `T`, buffers `x`, null `V`, arrays `A`, objects `F`. Undefined properties are left out.
 */
export function fieldTableFromObject(plain: Readonly<Record<string, unknown>>): FieldTable {
  return tableFrom(plain, MAX_TABLE_DEPTH)
}

function tableFrom(plain: object, depth: number): FieldTable {
  const table = new Map<string, FieldValue>()
  for (const [name, value] of Object.entries(plain)) {
    if (value !== undefined) table.set(name, valueFrom(value, depth - 1))
  }
  return table
}

function valueFrom(value: unknown, depth: number): FieldValue {
  if (depth < 0) throw new CodecError('an object is nested too deeply')
  switch (typeof value) {
    case 'boolean':
      return { type: 't', value }
    case 'number':
      return numberFrom(value)
    case 'bigint':
      return { type: 'l', value }
    case 'string':
      return { type: 'S', value }
    case 'object':
      return objectFrom(value, depth)
    default:
      throw new CodecError(`a ${typeof value} cannot be a field`)
  }
}

function numberFrom(value: number): FieldValue {
  if (!Number.isSafeInteger(value)) return { type: 'd', value }
  const int = value | 0
  return int === value ? { type: 'I', value: int } : { type: 'l', value: BigInt(value) }
}

function objectFrom(value: object | null, depth: number): FieldValue {
  if (value === null) return { type: 'V', value }
  if (Buffer.isBuffer(value)) return { type: 'x', value }
  if (Array.isArray(value)) {
    return { type: 'A', value: value.map((element) => valueFrom(element, depth - 1)) }
  }
  if (value instanceof Date) return { type: 'T', value: secondsOf(value) }
  return { type: 'F', value: tableFrom(value, depth) }
}

function secondsOf(date: Date): bigint {
  const seconds = Math.floor(date.getTime() / 1000)
  if (Number.isNaN(seconds)) throw new CodecError('an invalid date cannot be a field')
  return BigInt(seconds)
}

/**
 * The other way: `l` becomes a number where that is exact and a bigint elsewhere, `T` a date
 * (a bigint of seconds where no Date reaches), `D` a number.
 */
export function fieldTableToObject(table: FieldTable): PlainTable {
  // fromEntries defines properties instead of assigning them, so `__proto__` is a name like others.
  return Object.fromEntries(Array.from(table, ([name, field]) => [name, plainFrom(field)]))
}

function plainFrom(field: FieldValue): PlainValue {
  switch (field.type) {
    case 'A':
      return field.value.map(plainFrom)
    case 'F':
      return fieldTableToObject(field.value)
    case 'D':
      return field.value.unscaled / 10 ** field.value.scale
    case 'T':
      return dateFrom(field.value)
    case 'l':
      return BigInt(Number(field.value)) === field.value &&
        Number.isSafeInteger(Number(field.value))
        ? Number(field.value)
        : field.value
    default:
      return field.value
  }
}

function dateFrom(seconds: bigint): Date | bigint {
  const date = new Date(Number(seconds) * 1000)
  return Number.isNaN(date.getTime()) ? seconds : date
}
