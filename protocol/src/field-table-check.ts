// Walks over a field table by the sizes of its values, and so finds what the decoder would refuse,
// without making a value.

import { readLong } from './byte-reader.ts'
import { CodecError } from './codec-error.ts'
import { type FieldType, MAX_TABLE_DEPTH } from './field-table.ts'

/** The sizes of values by type, in octets; SIZED ones have a 4-octet length before them. */
const SIZED = 0xfe
const UNKNOWN = 0xff
const SIZES = new Uint8Array(256).fill(UNKNOWN)
const SIZE_OF_TYPE: Record<FieldType | 'L', number> = {
  V: 0,
  t: 1,
  b: 1,
  B: 1,
  s: 2,
  u: 2,
  I: 4,
  i: 4,
  f: 4,
  D: 5,
  l: 8,
  L: 8,
  T: 8,
  d: 8,
  S: SIZED,
  x: SIZED,
  A: SIZED,
  F: SIZED,
}
for (const [type, size] of Object.entries(SIZE_OF_TYPE)) SIZES[type.charCodeAt(0)] = size

const ARRAY = 0x41
const TABLE = 0x46
const DOUBLE = 0x64
const FLOAT = 0x66

/** Throws CodecError when the table at `at`, length first, is broken or goes beyond `end`. */
export function checkFieldTable(buffer: Buffer, at: number, end: number): void {
  checkSized(buffer, at, end, true, MAX_TABLE_DEPTH)
}

/** Where the value whose type letter is at `at` ends. Throws CodecError when it is broken. */
export function fieldEnd(buffer: Buffer, at: number, end: number): number {
  return checkValue(buffer, at, end, MAX_TABLE_DEPTH)
}

function checkSized(b: Buffer, at: number, end: number, named: boolean, depth: number): void {
  if (depth <= 0) throw new CodecError('a table is nested too deeply')
  const contentEnd = sizedEnd(b, at, end)
  let position = at + 4
  while (position < contentEnd) {
    if (named) position += 1 + (b[position] as number)
    // No room for a value; or NaN, which reading past the buffer's end makes of a position.
    if (!(position < contentEnd)) throw broken()
    position = checkValue(b, position, contentEnd, depth)
  }
  if (position !== contentEnd) throw broken()
}

/** Returns where the value, whose type letter is at `at`, ends: at `end` or before it. */
function checkValue(b: Buffer, at: number, end: number, depth: number): number {
  const type = b[at] as number
  const size = SIZES[type] as number
  if (size === UNKNOWN) throw broken()
  const valueEnd = size === SIZED ? sizedEnd(b, at + 1, end) : at + 1 + size
  if (valueEnd > end) throw broken()
  if (type === ARRAY || type === TABLE) checkSized(b, at + 1, end, type === TABLE, depth - 1)
  else if (type === DOUBLE || type === FLOAT) checkFinite(b, at + 1, type)
  return valueEnd
}

function sizedEnd(b: Buffer, at: number, end: number): number {
  if (at + 4 > end) throw broken()
  const sizedEnd = at + 4 + readLong(b, at)
  if (sizedEnd > end) throw broken()
  return sizedEnd
}

/** NaN and the infinities have all bits of their exponent set. */
function checkFinite(b: Buffer, at: number, type: number): void {
  const exponentTail = type === DOUBLE ? 0xf0 : 0x80
  const finite =
    ((b[at] as number) & 0x7f) !== 0x7f || ((b[at + 1] as number) & exponentTail) !== exponentTail
  if (!finite) throw broken()
}

function broken(): CodecError {
  return new CodecError('a field table is broken')
}
