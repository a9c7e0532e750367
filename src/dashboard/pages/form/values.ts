// What was filled in, as the API wants it.

import type { Json } from '../api/client.ts'

export function text(values: FormData, name: string): string {
  const value = values.get(name)
  return typeof value === 'string' ? value : ''
}

export function texts(values: FormData, name: string): string[] {
  return values.getAll(name).filter((value) => typeof value === 'string')
}

export const flag = (values: FormData, name: string): boolean => values.has(name)

/** A row of arguments as it was filled in. */
export interface ArgumentRow {
  readonly name: string
  readonly type: string
  readonly value: string
}

/** Rows without a name are passed over. Throws what is to be told to whoever filled them in. */
export function argumentsOf(rows: readonly ArgumentRow[]): Record<string, Json> {
  const named = rows.filter(({ name }) => name !== '')
  return Object.fromEntries(named.map((row) => [row.name, parsed(row)]))
}

function parsed({ name, type, value }: ArgumentRow): Json {
  switch (type) {
    case 'number': {
      const number = Number(value)
      if (value.trim() === '' || !Number.isFinite(number)) {
        throw new Error(`${name}: "${value}" is not a number`)
      }
      return number
    }
    case 'boolean': {
      if (value !== 'true' && value !== 'false') {
        throw new Error(`${name}: a boolean is true or false`)
      }
      return value === 'true'
    }
    case 'json':
      try {
        return JSON.parse(value) as Json
      } catch {
        throw new Error(`${name}: "${value}" is not JSON`)
      }
    default:
      return value
  }
}

/** A row that a value can be changed in. */
export function rowOf([name, value]: readonly [string, Json]): ArgumentRow {
  switch (typeof value) {
    case 'string':
      return { name, type: 'string', value }
    case 'number':
      return { name, type: 'number', value: String(value) }
    case 'boolean':
      return { name, type: 'boolean', value: String(value) }
    default:
      return { name, type: 'json', value: JSON.stringify(value) }
  }
}
