// Links over traffic that does whatever a network may, with both ends being started again. Each seed is
// a history of its own, and a failure names it.

import { expect, it } from 'vitest'
import { type LinkId, newLinkId } from '../../../../src/sharding/link/datagram.ts'
import { LinkReceivers } from '../../../../src/sharding/link/link-receivers.ts'
import { LinkSender } from '../../../../src/sharding/link/link-sender.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { type RandomNumber, randomNumbers, SimulatedTraffic } from './simulated-traffic.ts'

const ADDRESS = 'node.n1'
const SEEDS = Array.from({ length: 40 }, (_, index) => index + 1)
const STORM = { loss: 0.2, repetition: 0.2, delay: 0.4, maxDelayMs: 800 }
const CALM = { loss: 0, repetition: 0, delay: 0, maxDelayMs: 0 }

interface Link {
  readonly sender: LinkSender
  /** Said first in every batch, so that it is seen which and whose they are. */
  readonly id: LinkId
  sent: number
  refused: string | undefined
}

/** Batches say their link and number; the rest of them follows from these. */
function batchOf(link: Link, random: RandomNumber): Buffer[] {
  const number = link.sent++
  const length = random() < 0.1 ? Math.floor(random() * 5000) : Math.floor(random() * 100)
  const name = Buffer.from(`${link.id} ${number} ${length} `)
  return [name, Buffer.alloc(length, number), Buffer.alloc(0)]
}

class History {
  readonly clock = new FakeClock()
  readonly random: RandomNumber
  readonly traffic: SimulatedTraffic
  readonly links: Link[] = []
  receivers: LinkReceivers
  /** Of each link, the numbers of the batches that came to each receiver. */
  received = new Map<LinkId, number[]>()
  readonly problems: string[] = []

  constructor(seed: number) {
    this.random = randomNumbers(seed)
    this.traffic = new SimulatedTraffic(this.clock, this.random)
    this.traffic.maxPayloadBytes = 700
    this.traffic.weather = STORM
    this.receivers = this.#receive()
  }

  openLink(): Link {
    const id = newLinkId()
    const sender = new LinkSender({
      traffic: this.traffic,
      address: ADDRESS,
      linkId: id,
      clock: this.clock,
      onDrained() {},
      onRefused(reason) {
        if (link.refused !== undefined) throw new Error('refused twice')
        link.refused = reason
      },
    })
    const link: Link = { sender, id, sent: 0, refused: undefined }
    this.links.push(link)
    return link
  }

  restartReceivers(): void {
    this.receivers.close()
    this.received = new Map()
    this.receivers = this.#receive()
  }

  #receive(): LinkReceivers {
    const { received } = this
    return new LinkReceivers({
      traffic: this.traffic,
      address: ADDRESS,
      clock: this.clock,
      onOpened: (link) => {
        if (received.has(link)) this.problems.push('opened twice')
        received.set(link, [])
      },
      onBatch: (link, batch) => this.#check(received.get(link), link, batch),
      onBroken() {},
      onMalformed: () => this.problems.push('malformed'),
    })
  }

  #check(numbers: number[] | undefined, link: LinkId, batch: Buffer): void {
    const [id, number, length] = batch.toString('latin1').split(' ', 3)
    const rest = batch.subarray(`${id} ${number} ${length} `.length)
    if (numbers === undefined) this.problems.push('not opened')
    if (id !== link) this.problems.push('of another link')
    if (Number(number) !== numbers?.length) this.problems.push(`out of order: ${number}`)
    if (!rest.equals(Buffer.alloc(Number(length), Number(number)))) {
      this.problems.push(`other bytes in ${number}`)
    }
    numbers?.push(Number(number))
  }
}

it.each(SEEDS)('brings every batch once and in its order through a storm: seed %i', (seed) => {
  const history = new History(seed)
  const { clock, random, traffic } = history
  const links = [history.openLink(), history.openLink(), history.openLink()]
  for (let step = 0; step < 200; step++) {
    const link = links[Math.floor(random() * 3)] as Link
    link.sender.send(batchOf(link, random))
    if (random() < 0.5) clock.advance(random() * 50)
  }
  traffic.weather = CALM
  clock.advance(20_000)
  expect(history.problems).toEqual([])
  for (const { id, sent, sender, refused } of links) {
    expect([history.received.get(id)?.length, sender.pendingBytes, refused]).toEqual([
      sent,
      0,
      undefined,
    ])
  }
  expect(clock.pendingCount).toBe(0)
})

it.each(SEEDS)('knows which links are dead when both ends start again: seed %i', (seed) => {
  const history = new History(seed)
  const { clock, random, traffic } = history
  let alive = [history.openLink(), history.openLink()]
  for (let step = 0; step < 300; step++) {
    const at = Math.floor(random() * 2)
    const link = alive[at] as Link
    const event = random()
    if (link.refused !== undefined || event < 0.02) {
      link.sender.close()
      alive[at] = history.openLink()
    } else if (event < 0.04) {
      history.restartReceivers()
    } else if (event < 0.06) {
      history.receivers.closeLink(link.id)
    } else {
      link.sender.send(batchOf(link, random))
    }
    if (random() < 0.5) clock.advance(random() * 50)
  }
  traffic.weather = CALM
  // Who has nothing under way notices nothing until then.
  for (const link of alive) link.sender.send(batchOf(link, random))
  clock.advance(20_000)
  alive = alive.filter(({ refused }) => refused === undefined)
  for (const link of alive) {
    expect(history.received.get(link.id)?.length).toBe(link.sent)
    expect(link.sender.pendingBytes).toBe(0)
  }
  expect(history.problems).toEqual([])
  expect(clock.pendingCount).toBe(0)
})
