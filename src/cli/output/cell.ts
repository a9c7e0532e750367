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
  const json = JSON.stringify(value, inOrder)
  return json === '{}' ? '' : harmless(json)
}

/** Rates have no end of digits; of those, one is enough. */
function numberText(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(1)
}

/** Brokers give keys in whatever order they have them; whoever compares lines wants one. */
function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
