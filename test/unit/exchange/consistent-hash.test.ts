// Which destination a routing key goes to, and which keys move when destinations come and go.

import { describe, expect, it } from 'vitest'
import { ConsistentHashMatcher } from '../../../src/exchange/consistent-hash.ts'
import type { Binding, Destination } from '../../../src/exchange/exchange.ts'
import { ModulusHashMatcher } from '../../../src/exchange/modulus-hash.ts'
import { Route } from '../../../src/exchange/route.ts'

const KEYS = Array.from({ length: 20_000 }, (_, index) => `order.${index}`)

function bindingTo(name: string, routingKey = '1'): Binding {
  const destination = { kind: 'queue', name } as Destination
  return { destination, routingKey, arguments: new Map() } as unknown as Binding
}

const again = ({ destination }: Binding, routingKey: string): Binding =>
  ({ destination, routingKey, arguments: new Map() }) as unknown as Binding

function matcherOf(...bindings: readonly Binding[]): ConsistentHashMatcher {
  const matcher = new ConsistentHashMatcher(new Map())
  for (const binding of bindings) matcher.add(binding)
  return matcher
}

function destinationOf(
  matcher: ConsistentHashMatcher | ModulusHashMatcher,
  key: string,
): string | undefined {
  const route = new Route()
  matcher.match(key, undefined, route)
  expect(route.queues.length).toBeLessThanOrEqual(1)
  return route.queues[0]?.name
}

function placesOf(matcher: ConsistentHashMatcher): (string | undefined)[] {
  return KEYS.map((key) => destinationOf(matcher, key))
}

function shareOf(places: readonly (string | undefined)[], name: string): number {
  return places.filter((place) => place === name).length / places.length
}

describe('an x-consistent-hash exchange', () => {
  it('gives each destination its weight of the keys', () => {
    const weights = [1, 2, 5, 12]
    const matcher = matcherOf(...weights.map((weight) => bindingTo(`q${weight}`, `${weight}`)))
    const places = placesOf(matcher)
    for (const weight of weights) {
      expect(shareOf(places, `q${weight}`)).toBeCloseTo(weight / 20, 1)
      expect(Math.abs(shareOf(places, `q${weight}`) - weight / 20)).toBeLessThan(0.012)
    }
  })

  it('takes weights however large they are', () => {
    const huge = `${10n ** 20n}`
    const places = placesOf(matcherOf(bindingTo('a', huge), bindingTo('b', huge)))
    expect(Math.abs(shareOf(places, 'a') - 0.5)).toBeLessThan(0.02)
  })

  it('moves only the keys that a new destination gets', () => {
    const bindings = ['a', 'b', 'c', 'd'].map((name) => bindingTo(name, '3'))
    const matcher = matcherOf(...bindings)
    const before = placesOf(matcher)
    matcher.add(bindingTo('e', '3'))
    const after = placesOf(matcher)
    const moved = after.filter((place, index) => place !== before[index])
    expect(new Set(moved)).toEqual(new Set(['e']))
    expect(Math.abs(moved.length / KEYS.length - 0.2)).toBeLessThan(0.02)
  })

  it('moves only the keys that a destination had which goes, to all others', () => {
    const bindings = ['a', 'b', 'c', 'd', 'e'].map((name) => bindingTo(name))
    const matcher = matcherOf(...bindings)
    const before = placesOf(matcher)
    matcher.remove(bindings[1] as Binding)
    const after = placesOf(matcher)
    const moved = KEYS.flatMap((_, index) => (before[index] === after[index] ? [] : [index]))
    expect(new Set(moved.map((index) => before[index]))).toEqual(new Set(['b']))
    expect(before.filter((place) => place === 'b').length).toBe(moved.length)
    const taken = moved.map((index) => after[index])
    for (const name of ['a', 'c', 'd', 'e']) {
      expect(Math.abs(shareOf(taken, name) - 0.25)).toBeLessThan(0.04)
    }
  })

  it('does not depend on the order in which bindings were made', () => {
    const bindings = ['a', 'b', 'c'].map((name, index) => bindingTo(name, `${index + 1}`))
    expect(placesOf(matcherOf(...bindings.toReversed()))).toEqual(placesOf(matcherOf(...bindings)))
  })

  it('knows one weight of a destination that is bound twice: the older one', () => {
    const [a, b] = [bindingTo('a', '1'), bindingTo('b', '1')]
    const expected = placesOf(matcherOf(a, b))
    const matcher = matcherOf(a, b, again(a, '50'))
    expect(placesOf(matcher)).toEqual(expected)
    matcher.remove(a)
    expect(shareOf(placesOf(matcher), 'a')).toBeGreaterThan(0.95)
  })

  it('matches nothing when all its bindings are gone', () => {
    const binding = bindingTo('a')
    const matcher = matcherOf(binding)
    matcher.remove(binding)
    expect(destinationOf(matcher, 'k')).toBeUndefined()
  })
})

describe('an x-modulus-hash exchange', () => {
  it('spreads keys evenly, in whatever order its bindings were made', () => {
    const bindings = ['c', 'a', 'b'].map((name) => bindingTo(name))
    const [matcher, other] = [new ModulusHashMatcher(), new ModulusHashMatcher()]
    for (const binding of bindings) matcher.add(binding)
    for (const binding of bindings.toReversed()) other.add(binding)
    const places = KEYS.map((key) => destinationOf(matcher, key))
    expect(KEYS.map((key) => destinationOf(other, key))).toEqual(places)
    for (const name of ['a', 'b', 'c']) {
      expect(Math.abs(shareOf(places, name) - 1 / 3)).toBeLessThan(0.02)
    }
  })

  it('matches nothing when all its bindings are gone', () => {
    const matcher = new ModulusHashMatcher()
    const [a, b] = [bindingTo('a'), bindingTo('b')]
    for (const binding of [a, b]) matcher.add(binding)
    matcher.remove(a)
    expect(destinationOf(matcher, 'k')).toBe('b')
    matcher.remove(b)
    expect(destinationOf(matcher, 'k')).toBeUndefined()
  })
})
