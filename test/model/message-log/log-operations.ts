import fc from 'fast-check'
import type { Outcome } from '../../unit/message-log/manual-journal.ts'

export const QUEUE_IDS = [1, 2, 3] as const

/** A position, modulo how many there are to pick from when its turn comes. */
type Pick = number

export type Operation =
  | { readonly do: 'enqueue'; readonly queueIds: readonly number[]; readonly bodySize: number }
  | { readonly do: 'enqueueAgain'; readonly place: Pick; readonly queueId: number }
  | { readonly do: 'deliver' | 'settle'; readonly places: readonly Pick[] }
  | { readonly do: 'settleMost'; readonly but: Pick }
  | { readonly do: 'endTurn' | 'retry' }
  | { readonly do: 'journal'; readonly outcome: Outcome }
  | { readonly do: 'truncates'; readonly truncates: boolean }
  /** The process ends, before or after the record that is being written gets there. */
  | { readonly do: 'reopen'; readonly isThere: boolean }

const pick = fc.nat({ max: 60 })
const picks = fc.array(pick, { minLength: 1, maxLength: 8 })

const operation = fc.oneof<fc.WeightedArbitrary<Operation>[]>(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('enqueue' as const),
      queueIds: fc.subarray([...QUEUE_IDS], { minLength: 1 }),
      bodySize: fc.oneof(fc.integer({ min: 7, max: 40 }), fc.constant(9000)),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('enqueueAgain' as const),
      place: pick,
      queueId: fc.constantFrom(...QUEUE_IDS),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('deliver' as const), places: picks }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('settle' as const), places: picks }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('settleMost' as const), but: pick }) },
  { weight: 12, arbitrary: fc.constant({ do: 'endTurn' as const }) },
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('journal' as const),
      outcome: fc.oneof(
        { weight: 8, arbitrary: fc.constant<Outcome>('store') },
        { weight: 1, arbitrary: fc.constantFrom<Outcome>('refuse', 'doubt') },
      ),
    }),
  },
  { weight: 6, arbitrary: fc.constant({ do: 'retry' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('truncates' as const), truncates: fc.boolean() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('reopen' as const), isThere: fc.boolean() }),
  },
)

/** Any history of a log and its journal. */
export const operations: fc.Arbitrary<Operation[]> = fc.array(operation, {
  maxLength: 150,
  size: 'max',
})
