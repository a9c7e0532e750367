import { type FieldTable, type FieldValue, fieldTypeName } from 'amqp-codec'
import { fieldValueText } from '../field-value-text.ts'
import { invalidXMatchType, invalidXMatchValue } from '../reasons.ts'
import type { Binding, ExchangeMatcher, MatchSink } from './exchange.ts'

/**
 * `headers`: the binding's arguments are compared with the message's headers; `x-match` says whether
 * all or any must agree. Unless it ends in `-with-x`, arguments beginning `x-` do not take part.
 * Spec §3.1.3.4 and https://www.rabbitmq.com/docs/exchanges#headers
 */
export class HeadersMatcher implements ExchangeMatcher {
  readonly stable = false
  readonly #patterns = new Map<Binding, Pattern>()

  validate(binding: Binding): void {
    const mode = binding.arguments.get('x-match')
    if (mode === undefined) return
    if (mode.type !== 'S') throw invalidXMatchType(mode)
    if (!MODES.has(mode.value)) throw invalidXMatchValue(mode.value)
  }

  add(binding: Binding): void {
    this.#patterns.set(binding, new Pattern(binding.arguments))
  }

  remove(binding: Binding): void {
    this.#patterns.delete(binding)
  }

  match(_routingKey: string, headers: FieldTable | undefined, route: MatchSink): void {
    for (const [binding, pattern] of this.#patterns) {
      if (pattern.matches(headers)) route.addBinding(binding)
    }
  }
}

const MODES: ReadonlySet<string> = new Set(['all', 'any', 'all-with-x', 'any-with-x'])

class Pattern {
  readonly #any: boolean
  readonly #expected: readonly (readonly [string, FieldValue])[]

  constructor(bindingArguments: FieldTable) {
    const mode = bindingArguments.get('x-match')?.value ?? 'all'
    this.#any = mode === 'any' || mode === 'any-with-x'
    const withX = mode === 'all-with-x' || mode === 'any-with-x'
    this.#expected = [...bindingArguments].filter(
      ([name]) => name !== 'x-match' && (withX || !name.startsWith('x-')),
    )
  }

  matches(headers: FieldTable | undefined): boolean {
    for (const [name, expected] of this.#expected) {
      const actual = headers?.get(name)
      const agrees = actual !== undefined && headerAgrees(expected, actual)
      if (agrees === this.#any) return agrees
    }
    return !this.#any
  }

  /** Why it matches, or why not. */
  reason(headers: FieldTable | undefined): string {
    const names = this.#expected.map(([name]) => `'${name}'`).join(', ')
    if (this.matches(headers)) {
      if (names === '') return 'it asks for no header'
      return this.#any ? `one of its headers agrees: ${names}` : `all its headers agree: ${names}`
    }
    if (names === '') return 'it asks for any of no headers, which none is'
    const problems = this.#expected.flatMap((one) => headerProblem(one, headers) ?? [])
    return (this.#any ? problems : problems.slice(0, 1)).join('; ')
  }
}

/** Why a binding with these arguments matches, or why not, in words for people. */
export function headersReason(
  bindingArguments: FieldTable,
  headers: FieldTable | undefined,
): string {
  return new Pattern(bindingArguments).reason(headers)
}

function headerProblem(
  [name, expected]: readonly [string, FieldValue],
  headers: FieldTable | undefined,
): string | undefined {
  const actual = headers?.get(name)
  if (actual === undefined) return `header '${name}' is missing`
  if (headerAgrees(expected, actual)) return undefined
  return `header '${name}' is ${described(actual)}, not ${described(expected)}`
}

const described = (value: FieldValue): string =>
  `${fieldValueText(value)} (${fieldTypeName(value.type)})`

/**
 * A binding argument without a value asks only that the header is there. As in RabbitMQ, numbers and times
 * are equal whatever their types, and so are texts and octets; but within arrays and tables, types count.
 */
function headerAgrees(expected: FieldValue, actual: FieldValue): boolean {
  if (expected.type === 'V') return true
  const number = numberOf(expected)
  const otherNumber = numberOf(actual)
  if (number !== undefined && otherNumber !== undefined) return equalNumbers(number, otherNumber)
  const octets = octetsOf(expected)
  const otherOctets = octetsOf(actual)
  if (octets !== undefined && otherOctets !== undefined) return octets.equals(otherOctets)
  return sameValue(expected, actual)
}

function numberOf({ value }: FieldValue): number | bigint | undefined {
  return typeof value === 'number' || typeof value === 'bigint' ? value : undefined
}

/** Exact also where one is a bigint. */
const equalNumbers = (a: number | bigint, b: number | bigint): boolean => a <= b && a >= b

function octetsOf(value: FieldValue): Buffer | undefined {
  if (value.type === 'x') return value.value
  return value.type === 'S' ? (value.bytes ?? Buffer.from(value.value)) : undefined
}

function sameValue(a: FieldValue, b: FieldValue): boolean {
  if (a.type === 'A' && b.type === 'A') {
    const other = b.value
    const isAt = (item: FieldValue, index: number) => isEqual(item, other[index])
    return a.value.length === other.length && a.value.every(isAt)
  }
  if (a.type === 'F' && b.type === 'F') {
    const other = b.value
    return a.value.size === other.size && [...a.value].every(([k, v]) => isEqual(v, other.get(k)))
  }
  if (a.type === 'D' && b.type === 'D') {
    return a.value.scale === b.value.scale && a.value.unscaled === b.value.unscaled
  }
  return a.type === b.type && a.value === b.value
}

function isEqual(a: FieldValue, b: FieldValue | undefined): boolean {
  if (a.type !== b?.type) return false
  return a.type === 'V' || headerAgrees(a, b)
}
