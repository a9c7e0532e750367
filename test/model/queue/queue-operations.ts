import fc from 'fast-check'
import type {
  ConsumerSketch,
  MessageSketch,
  QueueSketch,
  QueueSystem,
  Settlement,
} from './queue-system.ts'

/** Picks are positions, modulo how many there are to pick from when their turn comes. */
type Pick = number

export type Operation =
  | ({ readonly do: 'publish'; readonly count: number } & MessageSketch)
  | ({ readonly do: 'consume'; readonly startsAtOnce: boolean } & Omit<ConsumerSketch, 'name'>)
  | { readonly do: 'start' | 'cancel'; readonly consumer: Pick }
  | { readonly do: 'get'; readonly noAck: boolean }
  | { readonly do: 'settle'; readonly held: readonly Pick[]; readonly how: Settlement }
  | { readonly do: 'setRoom'; readonly link: number; readonly hasRoom: boolean }
  | { readonly do: 'purge' | 'delete' }
  | { readonly do: 'advance'; readonly ms: number }

const LINK_COUNT = 2

const pick = fc.nat({ max: 30 })
const link = fc.nat({ max: LINK_COUNT - 1 })
const mostly = (usual: boolean) =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, fc.constant(!usual))

/** Some times are short, and some come more than once. */
const milliseconds = fc.constantFrom(0, 1, 10, 10, 50, 100, 1000)
const seldom = <Value>(arbitrary: fc.Arbitrary<Value>) =>
  fc.option(arbitrary, { freq: 3, nil: undefined })

const publish = fc.record({
  do: fc.constant('publish' as const),
  count: fc.integer({ min: 1, max: 9 }),
  priority: seldom(fc.integer({ min: 0, max: 4 })),
  expirationMs: seldom(milliseconds),
})
const consume = fc.record({
  do: fc.constant('consume' as const),
  startsAtOnce: mostly(true),
  noAck: mostly(false),
  priority: fc.integer({ min: -1, max: 1 }),
  exclusive: mostly(false),
  prefetchCount: fc.nat({ max: 4 }),
  link,
})
const settle = fc.record({
  do: fc.constant('settle' as const),
  held: fc.array(pick, { minLength: 1, maxLength: 8 }),
  how: fc.constantFrom<Settlement>('acknowledge', 'reject', 'requeue', 'putBack'),
})

/** Anything but a deletion: deleted queues are all alike. */
export const operation: fc.Arbitrary<Operation> = fc.oneof<fc.WeightedArbitrary<Operation>[]>(
  { weight: 8, arbitrary: publish },
  { weight: 4, arbitrary: consume },
  { weight: 8, arbitrary: settle },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('start' as const), consumer: pick }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel' as const), consumer: pick }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('get' as const), noAck: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('setRoom' as const), link, hasRoom: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'purge' as const }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('advance' as const), ms: milliseconds }) },
)

/** A queue that lets go of messages by itself, or hands them out in another way. */
const anySketch = fc.record({
  messageTtlMs: seldom(milliseconds),
  maxLength: seldom(fc.nat({ max: 6 })),
  maxLengthBytes: seldom(fc.nat({ max: 30 })),
  overflow: seldom(
    fc.constantFrom('drop-head' as const, 'reject-publish' as const, 'reject-publish-dlx' as const),
  ),
  maxPriority: seldom(fc.integer({ min: 1, max: 3 })),
  singleActive: seldom(fc.constant(true)),
  deliveryLimit: seldom(fc.nat({ max: 3 })),
})

/** Quorum queues have no priorities. */
export const queueSketch: fc.Arbitrary<QueueSketch> = anySketch.map((sketch) =>
  sketch.deliveryLimit === undefined ? sketch : { ...sketch, maxPriority: undefined },
)

/** Any history of a queue that lives. */
export const operations: fc.Arbitrary<Operation[]> = fc.array(operation, {
  maxLength: 80,
  size: 'max',
})

/** Does the same to any system, with names of its own for messages and consumers. */
export class Performer {
  readonly #system: QueueSystem
  #messageCount = 0
  #consumerCount = 0

  constructor(system: QueueSystem) {
    this.#system = system
  }

  perform(operation: Operation): void {
    const system = this.#system
    switch (operation.do) {
      case 'publish':
        for (let n = 0; n < operation.count; n++) {
          system.publish(`m${++this.#messageCount}`, operation)
        }
        break
      case 'consume':
        this.#consume({ ...operation, name: `c${++this.#consumerCount}` }, operation.startsAtOnce)
        break
      case 'start':
      case 'cancel':
        system[operation.do](`c${1 + (operation.consumer % Math.max(1, this.#consumerCount))}`)
        break
      case 'get':
        system.get(operation.noAck)
        break
      case 'settle':
        this.#settle(operation.held, operation.how)
        break
      case 'setRoom':
        system.setRoom(operation.link, operation.hasRoom)
        break
      case 'purge':
      case 'delete':
        system[operation.do]()
        break
      case 'advance':
        system.advance(operation.ms)
        break
      default:
        operation satisfies never
    }
  }

  #consume(sketch: ConsumerSketch, startsAtOnce: boolean): void {
    this.#system.consume(sketch)
    if (startsAtOnce) this.#system.start(sketch.name)
  }

  #settle(picks: readonly Pick[], how: Settlement): void {
    const { length } = this.#system.held
    if (length === 0) return
    this.#system.settle([...new Set(picks.map((held) => held % length))], how)
  }
}
