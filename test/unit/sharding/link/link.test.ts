import { beforeEach, describe, expect, it } from 'vitest'
import { newLinkId } from '../../../../src/sharding/link/datagram.ts'
import { LinkReceivers } from '../../../../src/sharding/link/link-receivers.ts'
import { LinkSender, type LinkSenderOptions } from '../../../../src/sharding/link/link-sender.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { SimulatedTraffic } from './simulated-traffic.ts'

const ADDRESS = 'node.n1'

let clock: FakeClock
let traffic: SimulatedTraffic
/** What came, and what was told. */
let events: string[]

beforeEach(() => {
  clock = new FakeClock()
  traffic = new SimulatedTraffic(clock)
  events = []
})

function receivers(maxBatchBytes?: number): LinkReceivers {
  return new LinkReceivers({
    traffic,
    address: ADDRESS,
    onOpened: () => events.push('opened'),
    onBatch: (_link, batch) => events.push(batch.toString()),
    onBroken: () => events.push('broken'),
    ...(maxBatchBytes === undefined ? {} : { maxBatchBytes }),
  })
}

function sender(options: Partial<LinkSenderOptions> = {}): LinkSender {
  return new LinkSender({
    traffic,
    address: ADDRESS,
    linkId: newLinkId(),
    clock,
    onDrained: () => events.push('drained'),
    onRefused: (reason) => events.push(`refused: ${reason}`),
    ...options,
  })
}

const texts = (...all: string[]): Buffer[] => all.map((text) => Buffer.from(text))

describe('a link', () => {
  it('brings batches once and in their order, and tells the sender when there is room', () => {
    receivers()
    const link = sender()
    link.send(texts('one'))
    expect([link.hasRoom, link.pendingBytes > 0]).toEqual([false, true])
    link.send(texts('t', '', 'wo'))
    link.send(Buffer.from('three'))
    link.send([])
    clock.advance(10)
    expect(events).toEqual(['opened', 'one', 'drained', 'two', 'three', ''])
    expect([link.hasRoom, link.pendingBytes]).toEqual([true, 0])
    expect(traffic.sent).toBe(4)
    expect(clock.pendingCount).toBe(0)
  })
})
