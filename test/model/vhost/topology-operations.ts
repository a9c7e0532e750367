// Random histories of a vhost, for it and its model alike.

import fc from 'fast-check'
import type { BindingSketch, ExchangeSketch, QueueSketch, TopologyModel } from './topology-model.ts'
import type { VhostUnderTest } from './vhost-under-test.ts'

export type Operation =
  | { readonly do: 'declareExchange'; readonly exchange: ExchangeSketch }
  | { readonly do: 'deleteExchange'; readonly name: string; readonly ifUnused: boolean }
  | { readonly do: 'declareQueue'; readonly queue: QueueSketch }
  | { readonly do: 'deleteQueue' | 'consumeOnce'; readonly name: string }
  | { readonly do: 'ownerLeft'; readonly owner: number }
  | { readonly do: 'bind' | 'unbind'; readonly binding: BindingSketch }

export const KEYS = ['q', 'a', 'a.b', '']
export const HEADERS = [undefined, '1', '2']

// Few names, so that what is deleted comes again, and some that a queue shares with an exchange.
const exchangeName = fc.constantFrom('a', 'b', 'c', 'd')
const queueName = fc.constantFrom('a', 'b', 'q')
const often = fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false))
const seldom = fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true))

const exchange = fc.record({
  name: exchangeName,
  type: fc.constantFrom('direct', 'fanout', 'topic', 'headers'),
  durable: often,
  autoDelete: fc.boolean(),
  alternate: fc.option(exchangeName, { nil: undefined, freq: 2 }),
})
const queue = fc
  .record({
    name: queueName,
    durable: often,
    autoDelete: seldom,
    owner: fc.option(fc.nat({ max: 1 }), { nil: undefined, freq: 2 }),
  })
  .map((sketch) => ({ ...sketch, durable: sketch.durable && sketch.owner === undefined }))
const binding = fc
  .record({
    source: fc.oneof({ weight: 20, arbitrary: exchangeName }, fc.constant('')),
    kind: fc.constantFrom('queue' as const, 'exchange' as const),
    queueName,
    exchangeName,
    routingKey: fc.constantFrom('a', 'a.#', '*'),
    header: fc.constantFrom(undefined, '1'),
  })
  .map(({ queueName: toQueue, exchangeName: toExchange, ...rest }): BindingSketch => {
    const { source, kind, routingKey, header } = rest
    const destination = kind === 'queue' ? toQueue : toExchange
    return { source, kind, destination, routingKey, header }
  })

const history = (bindings: readonly BindingSketch[]) => {
  const again = fc.constantFrom(...bindings)
  return fc.array(
    fc.oneof<fc.WeightedArbitrary<Operation>[]>(
      {
        weight: 8,
        arbitrary: fc.record({ do: fc.constant('declareExchange' as const), exchange }),
      },
      { weight: 6, arbitrary: fc.record({ do: fc.constant('declareQueue' as const), queue }) },
      { weight: 20, arbitrary: fc.record({ do: fc.constant('bind' as const), binding: again }) },
      { weight: 4, arbitrary: fc.record({ do: fc.constant('unbind' as const), binding: again }) },
      {
        weight: 3,
        arbitrary: fc.record({
          do: fc.constant('deleteExchange' as const),
          name: exchangeName,
          ifUnused: fc.boolean(),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          do: fc.constantFrom('deleteQueue' as const, 'consumeOnce' as const),
          name: queueName,
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ do: fc.constant('ownerLeft' as const), owner: fc.nat({ max: 1 }) }),
      },
    ),
    { maxLength: 60, size: 'max' },
  )
}

/** A history has few bindings, so that the same ones are made and removed several times. */
export const operations: fc.Arbitrary<Operation[]> = fc
  .array(binding, { minLength: 1, maxLength: 12, size: 'max' })
  .chain(history)

export function perform(system: TopologyModel | VhostUnderTest, operation: Operation): unknown {
  switch (operation.do) {
    case 'declareExchange':
      return system.declareExchange(operation.exchange)
    case 'deleteExchange':
      return system.deleteExchange(operation.name, operation.ifUnused)
    case 'declareQueue':
      return system.declareQueue(operation.queue)
    case 'deleteQueue':
    case 'consumeOnce':
      return system[operation.do](operation.name)
    case 'ownerLeft':
      return system.ownerLeft(operation.owner)
    case 'bind':
    case 'unbind':
      return system[operation.do](operation.binding)
    default:
      return operation satisfies never
  }
}
