import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Destination, Exchange } from '../../../src/exchange/exchange.ts'
import { Route } from '../../../src/exchange/route.ts'

const QUEUES = Array.from(
  { length: 40 },
  (_, n) => ({ kind: 'queue', name: `q${n}` }) as Destination,
)
const EXCHANGES = Array.from(
  { length: 5 },
  (_, n) => ({ kind: 'exchange', name: `e${n}` }) as Exchange,
)

it('has each queue and each exchange once, in the order in which they were first added', () => {
  const destination = fc.constantFrom<Destination>(...QUEUES, ...EXCHANGES)
  fc.assert(
    fc.property(fc.array(destination, { maxLength: 100, size: 'max' }), (added) => {
      const route = new Route()
      for (const one of added) route.add(one)
      const distinct = [...new Set(added)]
      expect(route.queues).toEqual(distinct.filter(({ kind }) => kind === 'queue'))
      expect(route.exchanges).toEqual(distinct.filter(({ kind }) => kind === 'exchange'))
      expect(route.matchCount).toBe(added.length)
    }),
    { numRuns: 300 },
  )
})
