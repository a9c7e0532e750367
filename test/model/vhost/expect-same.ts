import { expect } from 'vitest'
import type { TopologyModel } from './topology-model.ts'
import { HEADERS, KEYS } from './topology-operations.ts'
import type { VhostUnderTest } from './vhost-under-test.ts'

/** What there is, and where some messages would go: others after each step. */
export function expectSame(vhost: VhostUnderTest, model: TopologyModel, step: number): void {
  expect(vhost.exchangeNames.sort()).toEqual(model.exchangeNames.sort())
  expect(vhost.queueNames.sort()).toEqual(model.queueNames.sort())
  for (const [index, { name, key, header }] of [...addresses(model)].entries()) {
    if (index % 3 !== step % 3) continue
    const queues = vhost.queuesOf(name, key, header)
    const expected = model.queuesOf(name, key, header)
    expect({ name, key, header, queues }).toEqual({ name, key, header, queues: expected })
  }
}

/** All that there is, and where all messages would go, as a text to compare. */
export function snapshotOf(system: VhostUnderTest | TopologyModel): string {
  const routes = [...addresses(system)].map((address) => [
    address,
    system.queuesOf(address.name, address.key, address.header),
  ])
  return JSON.stringify([system.queueNames.sort(), routes])
}

function* addresses(system: VhostUnderTest | TopologyModel) {
  for (const name of system.exchangeNames.sort()) {
    for (const key of KEYS) for (const header of HEADERS) yield { name, key, header }
  }
}
