import type { Json } from '../api/client.ts'
import { visible } from './names.ts'

/** A value of an argument or header, on one line. */
export function valueText(value: Json): string {
  return typeof value === 'string' ? visible(value) : JSON.stringify(value)
}
