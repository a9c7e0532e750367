// Declaring, binding and deleting in any order, against a model that only keeps lists.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Route } from '../../../src/exchange/route.ts'
import { expectSame } from './expect-same.ts'
import { TopologyModel } from './topology-model.ts'
import { KEYS, operations, perform } from './topology-operations.ts'
import { VhostUnderTest } from './vhost-under-test.ts'

it('declares, binds, deletes and routes as the model does', () => {
  fc.assert(
    fc.property(operations, (performed) => {
      const vhost = new VhostUnderTest()
      const model = new TopologyModel()
      for (const [step, operation] of performed.entries()) {
        const outcome = perform(vhost, operation)
        expect({ operation, outcome }).toEqual({ operation, outcome: perform(model, operation) })
        expectSame(vhost, model, step)
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
