import { BASIC_ACK, BASIC_NACK } from 'amqp-codec'
import { beforeEach, describe, expect, it } from 'vitest'
import { Confirms } from '../../../src/channel/confirms.ts'
import { ACCEPTED, REJECTED } from '../../../src/exchange/destination.ts'
import type { TicketListener } from '../../../src/message-log/batch.ts'
import { joinedInOrder, type TicketSource } from '../../../src/message-log/ticket-source.ts'
import { PublishCounts } from '../../../src/vhost/message-pairs.ts'
import { RecordingOutput } from './recording-output.ts'

/** A message log of which only tickets are seen: each publish is noted with the last one. */
class Tickets implements TicketSource {
  storedTicket = 0
  lastTicket = 0
  listenCount = 0
  #listeners: [ticket: number, listener: TicketListener][] = []

  outcomeOf(ticket: number): number {
    return ticket <= this.storedTicket ? ACCEPTED : ticket
  }

  joined(one: number, other: number): number {
    return joinedInOrder(one, other)
  }

  listen(listener: TicketListener, ticket: number): void {
    this.listenCount++
    this.#listeners.push([ticket, listener])
  }

  settled(): undefined {}

  makeAtomic(): void {}

  store(ticket: number): void {
    this.storedTicket = ticket
    const due = this.#listeners.filter(([awaited]) => awaited <= ticket)
    this.#listeners = this.#listeners.filter(([awaited]) => awaited > ticket)
    for (const [, listener] of due) listener.stored(ticket)
  }
}

let output: RecordingOutput
let log: Tickets
let confirms: Confirms
/** Of the exchange that is published to. */
let counts: PublishCounts

beforeEach(() => {
  output = new RecordingOutput()
  log = new Tickets()
  confirms = new Confirms(1, output, log)
  counts = new PublishCounts()
})

/** Publishes with these outcomes, of which those above 0 are tickets. */
function publish(...outcomes: number[]): void {
  for (const outcome of outcomes) {
    log.lastTicket = Math.max(log.lastTicket, outcome)
    confirms.published(outcome, counts)
  }
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

describe('what need not be stored', () => {
  it('is confirmed at the end of the turn, all with one ack', () => {
    publish(ACCEPTED)
    expect(output.methods).toEqual([])
    expect(told()).toEqual(['+1'])
    publish(ACCEPTED, ACCEPTED, ACCEPTED)
    expect(told()).toEqual(['+4*'])
    expect(told()).toEqual([])
  })

  it('is confirmed at the end of the turn where there is no log', () => {
    confirms = new Confirms(1, output, null)
    publish(ACCEPTED, ACCEPTED)
    expect(told()).toEqual(['+2*'])
  })

  it('is confirmed at once when it is stored already', () => {
    log.storedTicket = 7
    publish(7, 5)
    expect([told(), log.listenCount]).toEqual([['+2*'], 0])
  })
})

describe('what is to be stored', () => {
  it('is confirmed when it is, as much as is', () => {
    publish(1, 1, 2, 2, 3)
    expect(told()).toEqual([])
    log.store(1)
    expect(told()).toEqual(['+2*'])
    log.store(3)
    expect(told()).toEqual(['+5*'])
  })

  it('is waited for once a ticket, however many publishes there are', () => {
    publish(1, 1, 1, 2, 2, 2)
    expect(log.listenCount).toBe(2)
  })

  it('holds up what comes behind it, so that confirms are in order', () => {
    publish(ACCEPTED, 1, ACCEPTED, ACCEPTED)
    expect(told()).toEqual(['+1'])
    log.store(1)
    expect(told()).toEqual(['+4*'])
  })

  it('holds up what was safe before it', () => {
    publish(2, 1)
    log.store(1)
    expect(told()).toEqual([])
    log.store(2)
    expect(told()).toEqual(['+2*'])
  })

  it('does not hold up what is published when it is stored', () => {
    publish(1)
    log.store(1)
    publish(ACCEPTED)
    expect(told()).toEqual(['+2*'])
  })
})

describe('what was rejected', () => {
  it('is refused between what was not', () => {
    publish(ACCEPTED, ACCEPTED, REJECTED, ACCEPTED, REJECTED, REJECTED)
    expect(told()).toEqual(['+2*', '-3', '+4', '-5', '-6'])
  })

  it('is refused in its order, when what came before is stored', () => {
    publish(1, 1, REJECTED, REJECTED, 1, REJECTED, 2)
    expect(told()).toEqual([])
    log.store(1)
    expect(told()).toEqual(['+2*', '-3', '-4', '+5', '-6'])
    log.store(2)
    expect(told()).toEqual(['+7'])
  })
})

describe('a channel that ends', () => {
  it('confirms what is safe, and nothing after that', () => {
    publish(ACCEPTED, ACCEPTED, 1)
    confirms.end()
    expect(output.sent).toEqual(['basic.ack'])
    expect(told()).toEqual(['+2*'])
    log.store(1)
    expect(told()).toEqual([])
  })

  it('confirms nothing of what is not stored', () => {
    publish(1, REJECTED)
    confirms.end()
    log.store(1)
    expect(told()).toEqual([])
  })
})

it('tells of every publish once and in order, whatever becomes of them and whenever', () => {
  // A step each: publishes of all kinds, tickets that are stored late and together, turns that end.
  const outcomeOf = (n: number) => [ACCEPTED, REJECTED, 1 + Math.floor(n / 10)][((n * 7) % 11) % 3]
  const heard: string[] = []
  for (let n = 0; n < 300; n++) {
    publish(outcomeOf(n) as number)
    if (n % 13 === 0) log.store(Math.max(log.storedTicket, log.lastTicket - 2))
    if (n % 4 === 0) heard.push(...told())
  }
  log.store(log.lastTicket)
  heard.push(...told())
  const fates: string[] = []
  for (const line of heard) {
    const tag = Number.parseInt(line.slice(1), 10)
    if (line.endsWith('*')) while (fates.length < tag - 1) fates.push('+')
    fates.push(line[0] as string)
    expect(fates).toHaveLength(tag)
  }
  expect(fates).toEqual(
    Array.from({ length: 300 }, (_, n) => (outcomeOf(n) === REJECTED ? '-' : '+')),
  )
})

it('counts what is confirmed where it was published', () => {
  const first = counts
  publish(ACCEPTED, 1)
  counts = new PublishCounts()
  publish(1, REJECTED, 2)
  const second = counts
  counts = first
  publish(2)
  told()
  expect([first.confirmed, second.confirmed]).toEqual([1, 0])
  log.store(1)
  told()
  expect([first.confirmed, second.confirmed]).toEqual([2, 1])
  log.store(2)
  told()
  expect([first.confirmed, second.confirmed]).toEqual([3, 2])
})
