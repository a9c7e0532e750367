import fc from 'fast-check'

/** How many queues there are at a time; a queue that is dropped is followed by another. */
export const SLOTS = [0, 1, 2] as const

/** A position, modulo how many there are to pick from when its turn comes. */
type Pick = number

/**
 * What becomes of a record. `doubt`: it is stored, and yet said to have failed. `tear`: a part of it
 * is stored. `delay`: it takes its time.
 */
export type Outcome = 'store' | 'refuse' | 'doubt' | 'tear' | 'delay'

export interface EnqueueOperation {
  readonly do: 'enqueue'
  readonly slots: readonly number[]
  readonly bodySize: number
  readonly frameMax: number
  readonly expiresAt: number
  /** How many sequences are left out before it, as those of transient messages are. */
  readonly gap: number
  readonly isAtomic: boolean
}

export const SMALL_MESSAGE: Omit<EnqueueOperation, 'slots'> = {
  do: 'enqueue',
  bodySize: 9,
  frameMax: 0,
  expiresAt: 0,
  gap: 0,
  isAtomic: false,
}

export type Operation =
  | EnqueueOperation
  | { readonly do: 'enqueueAgain'; readonly place: Pick; readonly slot: number }
  /** From one queue to another, as what is dead-lettered. */
  | { readonly do: 'move'; readonly place: Pick; readonly slot: number }
  | { readonly do: 'deliver' | 'settle'; readonly places: readonly Pick[] }
  | { readonly do: 'settleMost'; readonly but: Pick }
  | { readonly do: 'settleRange' | 'read'; readonly slot: number; readonly ends: [Pick, Pick] }
  | { readonly do: 'drop'; readonly slot: number }
  | { readonly do: 'endTurn' | 'retry' }
  | { readonly do: 'journal'; readonly outcome: Outcome }
  | { readonly do: 'truncates'; readonly truncates: boolean }
  /** The process ends, before or after the record that is being written gets there. */
  | { readonly do: 'reopen'; readonly isThere: boolean }

const pick = fc.nat({ max: 60 })
const picks = fc.array(pick, { minLength: 1, maxLength: 8 })
const slot = fc.constantFrom(...SLOTS)

const body = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.record({
      bodySize: fc.integer({ min: 7, max: 40 }),
      frameMax: fc.constantFrom(0, 15),
    }),
  },
  { weight: 4, arbitrary: fc.constantFrom({ bodySize: 9000, frameMax: 0 }) },
  { weight: 1, arbitrary: fc.constantFrom({ bodySize: 30_000, frameMax: 20_000 }) },
  // Two of these do not fit in one record.
  { weight: 1, arbitrary: fc.constantFrom({ bodySize: 150_000, frameMax: 0 }) },
)

const enqueue: fc.Arbitrary<Operation> = fc
  .record({
    slots: fc.subarray([...SLOTS], { minLength: 1 }),
    body,
    expiresAt: fc.constantFrom(0, 0, 0, 2 ** 41 + 1),
    gap: fc.constantFrom(0, 0, 0, 1, 5000),
    isAtomic: fc.constantFrom(false, false, false, false, true),
  })
  .map(({ body: { bodySize, frameMax }, ...others }) => {
    return { do: 'enqueue', bodySize, frameMax, ...others }
  })

const outcome = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Outcome>('store') },
  { weight: 1, arbitrary: fc.constantFrom<Outcome>('refuse', 'doubt', 'tear', 'delay') },
)

const ends = fc.tuple(pick, pick)

const operation = fc.oneof<fc.WeightedArbitrary<Operation>[]>(
  { weight: 14, arbitrary: enqueue },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('enqueueAgain'), place: pick, slot }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('move'), place: pick, slot }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('deliver'), places: picks }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('settle'), places: picks }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('settleMost'), but: pick }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('settleRange'), slot, ends }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('read'), slot, ends }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('drop'), slot }) },
  { weight: 12, arbitrary: fc.constant({ do: 'endTurn' }) },
  { weight: 14, arbitrary: fc.record({ do: fc.constant('journal'), outcome }) },
  { weight: 5, arbitrary: fc.constant({ do: 'retry' }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('truncates'), truncates: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reopen'), isThere: fc.boolean() }) },
)

export interface History {
  /** How much may be untidy: the sixteenth part of it is a block. */
  readonly untidyBytes: number
  /** How much more must be noted before that is stamped: see `StampsModel`. */
  readonly stampLeast: number
  readonly operations: readonly Operation[]
}

/** Any history of a log and its journal. */
export function histories(maxLength: number): fc.Arbitrary<History> {
  return fc.record({
    untidyBytes: fc.constantFrom(600, 5000, 200_000),
    stampLeast: fc.constantFrom(0, 1, 1, 10),
    operations: fc.array(operation, { maxLength, size: 'max' }),
  })
}
