// The headers exchange against its rules, written out one by one.

import type { FieldTable, FieldValue } from 'amqp-codec'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Destination, Exchange } from '../../../src/exchange/exchange.ts'
import { HeadersMatcher } from '../../../src/exchange/headers.ts'
import { Route } from '../../../src/exchange/route.ts'

const INTEGERS = ['b', 'B', 's', 'u', 'I', 'i'] as const
const NAMES = ['a', 'b', 'c', 'x-a', 'x-b']
const MODES = [undefined, 'all', 'any', 'all-with-x', 'any-with-x']

/** Few different values, in many types, so that they often agree. */
const value = fc.oneof<fc.Arbitrary<FieldValue>[]>(
  fc.record({ type: fc.constantFrom(...INTEGERS), value: fc.nat({ max: 2 }) }),
  fc.record({ type: fc.constant('l' as const), value: fc.bigInt({ min: 0n, max: 2n }) }),
  fc.record({ type: fc.constantFrom('f' as const, 'd' as const), value: fc.nat({ max: 2 }) }),
  fc.record({ type: fc.constant('S' as const), value: fc.constantFrom('', '0', '1') }),
  fc.record({
    type: fc.constant('x' as const),
    value: fc.constantFrom('', '0', '1').map((text) => Buffer.from(text)),
  }),
  fc.record({ type: fc.constant('t' as const), value: fc.boolean() }),
  fc.record({ type: fc.constant('T' as const), value: fc.bigInt({ min: 0n, max: 2n }) }),
  fc.constant({ type: 'V' as const, value: null }),
)
const table = fc
  .array(fc.tuple(fc.constantFrom(...NAMES), value), { maxLength: 5 })
  .map((entries): FieldTable => new Map(entries))

function family({ type }: FieldValue): string {
  if ([...INTEGERS, 'l', 'f', 'd', 'T'].includes(type)) return 'number'
  return type === 'x' ? 'S' : type
}

function agree(expected: FieldValue, actual: FieldValue | undefined): boolean {
  if (actual === undefined) return false
  if (expected.type === 'V') return true
  // Every value that is made here has a text of its own.
  const [a, b] = [expected.value, actual.value].map((plain) => `${plain as string | number}`)
  return family(expected) === family(actual) && a === b
}

function matches(mode: string | undefined, pattern: FieldTable, headers: FieldTable): boolean {
  const withX = mode?.endsWith('-with-x') ?? false
  const names = [...pattern.keys()].filter((name) => withX || !name.startsWith('x-'))
  const agrees = (name: string) => agree(pattern.get(name) as FieldValue, headers.get(name))
  return mode?.startsWith('any') ? names.some(agrees) : names.every(agrees)
}

it('matches as its mode says: all or any of the arguments that take part', () => {
  fc.assert(
    fc.property(fc.constantFrom(...MODES), table, table, (mode, pattern, headers) => {
      const bindingArguments = new Map(pattern)
      if (mode !== undefined) bindingArguments.set('x-match', { type: 'S', value: mode })
      const binding = {
        source: {} as Exchange,
        destination: { kind: 'queue', name: 'q' } as Destination,
        routingKey: 'looked at by nobody',
        arguments: bindingArguments,
      }
      const matcher = new HeadersMatcher()
      matcher.validate(binding)
      matcher.add(binding)
      const matchCountOf = (given: FieldTable | undefined) => {
        const route = new Route()
        matcher.match('', given, route)
        return route.matchCount
      }
      const expected = matches(mode, pattern, headers) ? 1 : 0
      expect(matchCountOf(headers)).toBe(expected)
      if (headers.size === 0) expect(matchCountOf(undefined)).toBe(expected)
      matcher.remove(binding)
      expect(matchCountOf(headers)).toBe(0)
    }),
    { numRuns: 2000 },
  )
})
