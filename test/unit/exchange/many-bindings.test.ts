// What costs as much for each binding as there are bindings takes these tests minutes.

import { expect, test } from 'vitest'
import { DirectMatcher } from '../../../src/exchange/direct.ts'
import type { Binding, Destination, Exchange } from '../../../src/exchange/exchange.ts'
import { Route } from '../../../src/exchange/route.ts'
import { TopicMatcher } from '../../../src/exchange/topic.ts'

const COUNT = 400_000

const bindings = Array.from({ length: COUNT }, (_, n): Binding => {
  const destination = { kind: 'queue', name: `q${n}` } as Destination
  return { source: {} as Exchange, destination, routingKey: 'key', arguments: new Map() }
})

test.for([
  ['direct', DirectMatcher],
  ['topic', TopicMatcher],
] as const)('very many queues that one key of a %s exchange leads to may go', ([, Matcher]) => {
  const matcher = new Matcher()
  for (const binding of bindings) matcher.add(binding)
  const all = new Route()
  matcher.match('key', undefined, all)
  expect(all.queues).toHaveLength(COUNT)
  for (const binding of bindings.toReversed()) matcher.remove(binding)
  const none = new Route()
  matcher.match('key', undefined, none)
  expect(none.queues).toEqual([])
})

test('very many exchanges may be on the way of one message', () => {
  const route = new Route()
  const exchanges = bindings.map(
    ({ routingKey }, n) => ({ kind: 'exchange', name: `${routingKey}${n}` }) as Exchange,
  )
  for (let round = 0; round < 2; round++) for (const exchange of exchanges) route.add(exchange)
  expect(route.exchanges).toHaveLength(COUNT)
})
