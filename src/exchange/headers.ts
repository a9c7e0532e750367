import type { FieldTable, FieldValue } from 'amqp-codec'
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
      if (pattern.matches(headers)) route.add(binding.destination)
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
}

/** A binding argument without a value asks only that the header is there. */
function headerAgrees(expected: FieldValue, actual: FieldValue): boolean {
  if (expected.type === 'V') return true
  const kind = comparableKind(expected)
  if (kind !== comparableKind(actual)) return false
  if (kind === 'number') return Number(expected.value) === Number(actual.value)
  if (kind === 'bigint') return BigInt(expected.value as bigint) === BigInt(actual.value as bigint)
  return sameValue(expected, actual)
}

/** Integers compare across their widths, and so do floats; nothing else compares across types. */
function comparableKind(value: FieldValue): string {
  switch (value.type) {
    case 'b':
    case 'B':
    case 's':
    case 'u':
    case 'I':
    case 'i':
    case 'l':
      return 'bigint'
    case 'f':
    case 'd':
      return 'number'
    default:
      return value.type
  }
}

function sameValue(a: FieldValue, b: FieldValue): boolean {
  switch (a.type) {
    case 'A': {
      const other = b.type === 'A' ? b.value : []
      return (
        a.value.length === other.length &&
        a.value.every((item, index) => headerEquals(item, other[index]))
      )
    }
    case 'F': {
      const other: FieldTable = b.type === 'F' ? b.value : new Map()
      return (
        a.value.size === other.size &&
        [...a.value].every(([name, item]) => headerEquals(item, other.get(name)))
      )
    }
    case 'D':
      return (
        b.type === 'D' && a.value.scale === b.value.scale && a.value.unscaled === b.value.unscaled
      )
    case 'x':
      return b.type === 'x' && a.value.equals(b.value)
    default:
      return a.value === b.value
  }
}

function headerEquals(a: FieldValue, b: FieldValue | undefined): boolean {
  return b !== undefined && comparableKind(a) === comparableKind(b) && headerAgrees(a, b)
}
