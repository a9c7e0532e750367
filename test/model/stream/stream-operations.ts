// What happens to a stream in the model tests.

import fc from 'fast-check'
import type { Outcome } from '../../unit/message-log/manual-journal.ts'

export type Operation =
  | {
      readonly do: 'publish'
      readonly count: number
      readonly size: number
      readonly filter: string
    }
  | {
      readonly do: 'consume'
      readonly start: 'first' | 'last' | 'next' | 'offset' | 'time'
      /** Which offset or message, as a part of all there are. */
      readonly at: number
      readonly prefetchCount: number
      readonly filter: readonly string[] | null
    }
  | {
      readonly do: 'settle'
      readonly consumer: number
      readonly count: number
      readonly how: 'acknowledge' | 'reject' | 'requeue'
    }
  | { readonly do: 'cancel'; readonly consumer: number }
  | { readonly do: 'room'; readonly consumer: number; readonly hasRoom: boolean }
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'policy'; readonly maxBytes: number | null; readonly maxAge: string | null }
  | { readonly do: 'endTurn' }
  | { readonly do: 'journal'; readonly outcome: Outcome }
  | { readonly do: 'reopen'; readonly isThere: boolean }

const FILTERS = ['', 'a', 'b']
const consumer = fc.nat({ max: 5 })

const publish: fc.Arbitrary<Operation> = fc.record({
  do: fc.constant('publish' as const),
  count: fc.integer({ min: 1, max: 12 }),
  size: fc.constantFrom(0, 10, 1000, 9000, 30_000),
  filter: fc.constantFrom(...FILTERS),
})
const consume: fc.Arbitrary<Operation> = fc.record({
  do: fc.constant('consume' as const),
  start: fc.constantFrom('first', 'last', 'next', 'offset', 'time'),
  at: fc.double({ min: 0, max: 1.2, noNaN: true }),
  prefetchCount: fc.integer({ min: 1, max: 20 }),
  filter: fc.option<readonly string[]>(fc.subarray(['a', 'b', 'unfiltered']), { freq: 3 }),
})
const settle: fc.Arbitrary<Operation> = fc.record({
  do: fc.constant('settle' as const),
  consumer,
  count: fc.integer({ min: 1, max: 20 }),
  how: fc.constantFrom('acknowledge', 'reject', 'requeue'),
})
const journal: fc.Arbitrary<Operation> = fc.record({
  do: fc.constant('journal' as const),
  outcome: fc.constantFrom<Outcome>('store', 'store', 'store', 'refuse', 'doubt'),
})
const seldom: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ do: fc.constant('cancel' as const), consumer }),
  fc.record({ do: fc.constant('room' as const), consumer, hasRoom: fc.boolean() }),
  fc.record({ do: fc.constant('advance' as const), ms: fc.constantFrom(1, 700, 5000, 60_000) }),
  fc.record({
    do: fc.constant('policy' as const),
    maxBytes: fc.constantFrom(null, 0, 100_000, 300_000),
    maxAge: fc.constantFrom(null, '10s', '1m'),
  }),
  fc.record({ do: fc.constant('reopen' as const), isThere: fc.boolean() }),
)
const endTurn: fc.Arbitrary<Operation> = fc.constant({ do: 'endTurn' })

export const operations: fc.Arbitrary<Operation[]> = fc.array(
  fc.oneof(
    { arbitrary: publish, weight: 5 },
    { arbitrary: consume, weight: 3 },
    { arbitrary: settle, weight: 5 },
    { arbitrary: endTurn, weight: 4 },
    { arbitrary: journal, weight: 4 },
    { arbitrary: seldom, weight: 3 },
  ),
  { maxLength: 60 },
)
