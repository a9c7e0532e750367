import type { JsonValue } from '../definitions/definition.ts'

/** A value as RabbitMQ's errors print it: `<<"text">>`, `1.5`, `[1,2]`, `#{<<"a">> => 1}`. */
export function printedTerm(value: JsonValue): string {
  if (typeof value === 'string') return `<<"${value.replaceAll(/["\\]/g, '\\$&')}">>`
  if (typeof value !== 'object' || value === null) return String(value)
  if (isList(value)) return `[${value.map(printedTerm).join(',')}]`
  const pairs = Object.entries(value).map(
    ([name, item]) => `${printedTerm(name)} => ${printedTerm(item)}`,
  )
  return `#{${pairs.join(',')}}`
}

/** Names and values of an object as a list of pairs: `[{<<"a">>,1}]`. */
export function printedPairs(pairs: Iterable<readonly [string, JsonValue]>): string {
  const printed = Array.from(
    pairs,
    ([name, value]) => `{${printedTerm(name)},${printedTerm(value)}}`,
  )
  return `[${printed.join(',')}]`
}

/** `Array.isArray` does not know lists that are not to be changed. */
const isList = (value: object): value is readonly JsonValue[] => Array.isArray(value)
