// Confirms of messages whose queues are elsewhere: each is known by itself, in whatever order, and a queue
// that is full says so later.

import { BASIC_ACK, BASIC_NACK } from 'amqp-codec'
import { beforeEach, describe, expect, it } from 'vitest'
import { Confirms } from '../../../src/channel/confirms.ts'
import { ACCEPTED, type PublishOutcome, REJECTED } from '../../../src/exchange/destination.ts'
import type { Ticket } from '../../../src/message-log/queue-log.ts'
import { PublishCounts } from '../../../src/vhost/message-pairs.ts'
import { LateTickets } from './late-tickets.ts'
import { RecordingOutput } from './recording-output.ts'

let output: RecordingOutput
let tickets: LateTickets
let confirms: Confirms
/** Of the exchange that is published to. */
let counts: PublishCounts
let a: Ticket
let b: Ticket
let c: Ticket

beforeEach(() => {
  output = new RecordingOutput()
  tickets = new LateTickets()
  confirms = new Confirms(1, output, tickets)
  counts = new PublishCounts()
  a = tickets.open()
  b = tickets.open()
  c = tickets.open()
})

function publish(...outcomes: PublishOutcome[]): void {
  for (const outcome of outcomes) confirms.published(outcome, counts)
}

/** What the client was told since the last time: `+3` is an ack, `+3*` one of all up to 3, `-` a nack. */
function told(): string[] {
  output.flush()
  output.sent.length = 0
  return output.methods.splice(0).map((method) => {
    if (method.id === BASIC_ACK) return `+${method.deliveryTag}${method.multiple ? '*' : ''}`
    if (method.id === BASIC_NACK) return `-${method.deliveryTag}${method.multiple ? '*' : ''}`
    throw new Error(`a client that waits for confirms is sent a method ${method.id}`)
  })
}

describe('a publish that is refused later', () => {
  it('is told so, and those that are not are confirmed', () => {
    publish(a, b, b, c)
    tickets.settle(a, ACCEPTED)
    tickets.settle(b, REJECTED)
    tickets.settle(c, ACCEPTED)
    expect(told()).toEqual(['+1', '-2', '-3', '+4'])
    expect(counts.confirmed).toBe(2)
  })

  it('is remembered until those before it are known', () => {
    publish(a, b, c)
    tickets.settle(b, REJECTED)
    expect(told()).toEqual([])
    tickets.settle(a, ACCEPTED)
    expect(told()).toEqual(['+1', '-2'])
    tickets.settle(c, ACCEPTED)
    expect(told()).toEqual(['+3'])
  })

  it('is told apart from those between which it was published', () => {
    publish(a, b, a, b, ACCEPTED, b)
    tickets.settle(b, REJECTED)
    tickets.settle(a, ACCEPTED)
    expect(told()).toEqual(['+1', '-2', '+3', '-4', '+5', '-6'])
  })

  it('is not told when its channel has ended', () => {
    publish(a)
    confirms.end()
    tickets.settle(a, REJECTED)
    expect(told()).toEqual([])
  })
})

describe('publishes that become safe out of their order', () => {
  it('are confirmed together when the first of them is', () => {
    publish(a, b, c)
    tickets.settle(c, ACCEPTED)
    tickets.settle(b, ACCEPTED)
    expect(told()).toEqual([])
    tickets.settle(a, ACCEPTED)
    expect(told()).toEqual(['+3*'])
  })

  it('are confirmed when they were safe before', () => {
    tickets.settle(b, ACCEPTED)
    publish(b, b)
    expect(told()).toEqual(['+2*'])
    publish(a, b)
    tickets.settle(a, ACCEPTED)
    expect(told()).toEqual(['+4*'])
  })
})

it('tells of every publish once and rightly, whatever the order in which they are known', () => {
  // The same every time: small numbers that look like chance.
  let seed = 1
  const below = (limit: number) => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed % limit
  }
  const fates = new Map<Ticket, PublishOutcome>()
  const published: PublishOutcome[] = []
  const heard: string[] = []
  const open: Ticket[] = []
  const settleOne = () => {
    const [ticket] = open.splice(below(open.length), 1)
    if (ticket !== undefined) tickets.settle(ticket, fates.get(ticket) as PublishOutcome)
  }
  for (let n = 0; n < 2000; n++) {
    if (open.length < 5) {
      const ticket = tickets.open()
      open.push(ticket)
      fates.set(ticket, below(3) === 0 ? REJECTED : ACCEPTED)
    }
    const outcome = [ACCEPTED, REJECTED, ...open][below(open.length + 2)] as PublishOutcome
    published.push(outcome)
    publish(outcome)
    if (below(3) === 0) settleOne()
    if (below(4) === 0) heard.push(...told())
  }
  while (open.length > 0) settleOne()
  heard.push(...told())
  const known: PublishOutcome[] = []
  for (const line of heard) {
    const tag = Number.parseInt(line.slice(1), 10)
    if (line.endsWith('*')) while (known.length < tag - 1) known.push(ACCEPTED)
    known.push(line.startsWith('+') ? ACCEPTED : REJECTED)
    expect(known).toHaveLength(tag)
  }
  expect(known).toEqual(published.map((outcome) => fates.get(outcome) ?? outcome))
})
