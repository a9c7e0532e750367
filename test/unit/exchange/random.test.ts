import { expect, it } from 'vitest'
import type { Binding } from '../../../src/exchange/exchange.ts'
import { RandomMatcher } from '../../../src/exchange/random.ts'
import { Route } from '../../../src/exchange/route.ts'

const bindingTo = (name: string): Binding =>
  ({ destination: { kind: 'queue', name }, routingKey: '' }) as unknown as Binding

it('draws one of the bindings that there are', () => {
  let number = 0
  const matcher = new RandomMatcher(() => number)
  const drawn = (one: number): string | undefined => {
    number = one
    const route = new Route()
    matcher.match('', undefined, route)
    return route.queues[0]?.name
  }
  const bindings = ['a', 'b', 'c', 'd'].map(bindingTo)
  for (const binding of bindings) matcher.add(binding)
  expect([0, 0.25, 0.5, 0.999].map(drawn)).toEqual(['a', 'b', 'c', 'd'])
  matcher.remove(bindings[1] as Binding)
  expect([0, 0.4, 0.999].map(drawn)).toEqual(['a', 'd', 'c'])
  matcher.remove(bindings[3] as Binding)
  matcher.remove(bindingTo('unknown'))
  expect(drawn(0.6)).toBe('c')
  for (const binding of [bindings[2], bindings[0]]) matcher.remove(binding as Binding)
  expect(drawn(0)).toBeUndefined()
})
