// Declaring, binding and deleting in any order, against a model that only keeps lists.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Route } from '../../../src/exchange/route.ts'
import {
  type BindingSketch,
  type ExchangeSketch,
  type QueueSketch,
  TopologyModel,
} from './topology-model.ts'
import { VhostUnderTest } from './vhost-under-test.ts'

type Operation =
  | { readonly do: 'declareExchange'; readonly exchange: ExchangeSketch }
  | { readonly do: 'deleteExchange'; readonly name: string; readonly ifUnused: boolean }
  | { readonly do: 'declareQueue'; readonly queue: QueueSketch }
  | { readonly do: 'deleteQueue' | 'consumeOnce'; readonly name: string }
  | { readonly do: 'ownerLeft'; readonly owner: number }
  | { readonly do: 'bind' | 'unbind'; readonly binding: BindingSketch }

const KEYS = ['q', 'a', 'a.b', '']
const HEADERS = [undefined, '1', '2']

// Few names, so that what is deleted comes again, and some that a queue shares with an exchange.
const exchangeName = fc.constantFrom('a', 'b', 'c', 'd')
const queueName = fc.constantFrom('a', 'b', 'q')
const seldom = fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true))

const exchange = fc.record({
  name: exchangeName,
  type: fc.constantFrom('direct', 'fanout', 'topic', 'headers'),
  autoDelete: fc.boolean(),
  alternate: fc.option(exchangeName, { nil: undefined, freq: 2 }),
})
const queue = fc.record({
  name: queueName,
  autoDelete: seldom,
  owner: fc.option(fc.nat({ max: 1 }), { nil: undefined, freq: 2 }),
})
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
const operations = fc.array(binding, { minLength: 1, maxLength: 12, size: 'max' }).chain(history)

function perform(system: TopologyModel | VhostUnderTest, operation: Operation): unknown {
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

const namesOf = (route: Route): string[] => route.queues.map(({ name }) => name).sort()

/** Some of all routes, a different part after each operation. */
function* routesToTry(exchanges: readonly string[], step: number) {
  let index = 0
  for (const name of exchanges) {
    for (const key of KEYS) {
      for (const header of HEADERS) if (++index % 3 === step % 3) yield { name, key, header }
    }
  }
}

it('declares, binds, deletes and routes as the model does', () => {
  fc.assert(
    fc.property(operations, (performed) => {
      const vhost = new VhostUnderTest()
      const model = new TopologyModel()
      for (const [step, operation] of performed.entries()) {
        const outcome = perform(vhost, operation)
        expect({ operation, outcome }).toEqual({ operation, outcome: perform(model, operation) })
        expect(vhost.exchangeNames.sort()).toEqual(model.exchangeNames.sort())
        expect(vhost.queueNames.sort()).toEqual(model.queueNames.sort())
        for (const { name, key, header } of routesToTry(model.exchangeNames, step)) {
          const queues = namesOf(vhost.route(name, key, header))
          expect({ name, key, header, queues }).toEqual({
            name,
            key,
            header,
            queues: model.route(name, key, header),
          })
        }
      }
    }),
    { numRuns: 300 },
  )
})

it('routes as before for as long as the version of the topology is the same', () => {
  fc.assert(
    fc.property(operations, (performed) => {
      const vhost = new VhostUnderTest()
      const kept = new Map<string, { version: number; queues: Route['queues'] }>()
      for (const operation of performed) {
        perform(vhost, operation)
        const version = vhost.topologyVersion
        for (const name of vhost.exchangeNames) {
          for (const key of KEYS) {
            const address = `${name} ${key}`
            const route = vhost.route(name, key, undefined)
            const before = kept.get(address)
            if (before?.version === version) expect(before.queues).toEqual(route.queues)
            // A kept route is used for every message of that address, whatever its headers are.
            if (route.stable) {
              expect(vhost.route(name, key, '1').queues).toEqual(route.queues)
              kept.set(address, { version, queues: route.queues })
            }
          }
        }
      }
    }),
    { numRuns: 200 },
  )
})
