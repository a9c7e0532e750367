// What stands in one place of a table.

import { harmless } from './harmless.ts'

/** What is at `a.b.c` in a thing; undefined where there is nothing. */
export function valueAt(item: unknown, path: string): unknown {
  let value = item
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = (value as Readonly<Record<string, unknown>>)[name]
  }
  return value
}

/** A value in one line, with nothing in it that a terminal would obey. */
export function cellText(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'number') return numberText(value)
  if (typeof value === 'string') return harmless(value)
  if (Array.isArray(value) && value.every((one) => typeof one !== 'object')) {
    return harmless(value.join(', '))
  }
  const json = JSON.stringify(value)
  return json === '{}' ? '' : harmless(json)
}

/** Rates have no end of digits; of those, one is enough. */
function numberText(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(1)
}
