import fc from 'fast-check'
import { type Operation, operation, queueSketch } from './queue-operations.ts'
import type { QueueSketch } from './queue-system.ts'

export type DeepOperation =
  | Operation
  /** What is published from now on. */
  | { readonly do: 'kind'; readonly persistent: boolean; readonly bodyBytes: number }
  /** So much of what is under way comes to its end. */
  | { readonly do: 'pass'; readonly steps: number }
  /** Somebody looks, from that position on; modulo how many there are. */
  | { readonly do: 'browse'; readonly from: number; readonly count: number }
  /** Somebody takes out one that is there. */
  | { readonly do: 'takeOut'; readonly position: number }
  /** Who held some that are ready says so; only of those that were there before may that be true. */
  | { readonly do: 'claim'; readonly from: number; readonly count: number }
  /** As `reopen`, and who held something still does. */
  | { readonly do: 'failover'; readonly awaitsClaims: boolean }
  /** All that is held comes back at once. */
  | { readonly do: 'giveBack' }
  | { readonly do: 'disk'; readonly fails: boolean }
  /** All that is under way comes to its end. */
  | { readonly do: 'rest' }
  /** The process ends, and another one begins with what is stored. */
  | { readonly do: 'reopen' }

const kind = fc.record({
  do: fc.constant('kind' as const),
  persistent: fc.boolean(),
  bodyBytes: fc.constantFrom(10, 10, 300, 300, 9000),
})

const browse = fc.record({
  do: fc.constant('browse' as const),
  from: fc.oneof(fc.constant(0), fc.nat({ max: 300 })),
  count: fc.integer({ min: 1, max: 12 }),
})
const claim = fc.record({
  do: fc.constant('claim' as const),
  from: fc.oneof(fc.nat({ max: 5 }), fc.nat({ max: 300 })),
  count: fc.integer({ min: 1, max: 6 }),
})
const failover = fc.record({
  do: fc.constant('failover' as const),
  awaitsClaims: fc.boolean(),
})
const takeOut = fc.record({
  do: fc.constant('takeOut' as const),
  position: fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 300 })),
})

const deepOperation = fc.oneof<fc.WeightedArbitrary<DeepOperation>[]>(
  { weight: 25, arbitrary: operation },
  { weight: 5, arbitrary: kind },
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      steps: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ do: 'giveBack' as const }) },
  { weight: 3, arbitrary: browse },
  { weight: 3, arbitrary: takeOut },
  { weight: 2, arbitrary: claim },
  { weight: 2, arbitrary: failover },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('disk' as const), fails: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant({ do: 'rest' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'reopen' as const }) },
)

/** Any history of a queue that lives, and of its store. */
export const deepOperations: fc.Arbitrary<DeepOperation[]> = fc.array(deepOperation, {
  maxLength: 150,
  size: 'max',
})

/** Times are so long here that something happens meanwhile, and limits so high that there is a backlog. */
export const deepQueueSketch: fc.Arbitrary<QueueSketch> = fc
  .record({
    sketch: queueSketch,
    messageTtlMs: fc.option(fc.constantFrom(300, 2000, 20_000), { nil: undefined }),
    maxLength: fc.option(fc.integer({ min: 5, max: 60 }), { nil: undefined }),
    maxLengthBytes: fc.option(fc.integer({ min: 500, max: 20_000 }), { nil: undefined }),
  })
  .map(({ sketch, ...rest }) => ({ ...sketch, ...rest }))
  // Of a quorum queue with a single active consumer nobody else can get anything, to see what is left.
  .filter(({ singleActive, deliveryLimit }) => !singleActive || deliveryLimit === undefined)
