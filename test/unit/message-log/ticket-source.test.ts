import { describe, expect, it } from 'vitest'
import { ACCEPTED, REJECTED } from '../../../src/exchange/destination.ts'
import {
  joinedInOrder,
  whenAllKnown,
  whenKnown,
  whenStored,
} from '../../../src/message-log/ticket-source.ts'
import { NodeTickets } from '../../../src/sharding/node-tickets.ts'
import { sampleMessage } from '../../support/sample-message.ts'
import { LateTickets } from '../channel/late-tickets.ts'
import { LogFixture } from './log-fixture.ts'
import { microtasks } from './manual-journal.ts'

describe('what becomes of a publish', () => {
  it.each([ACCEPTED, REJECTED])('is known at once when its outcome is %i', (outcome) => {
    expect(whenKnown(new LateTickets(), outcome)).toBe(outcome)
    expect(whenKnown(null, outcome)).toBe(outcome)
  })

  it.each([ACCEPTED, REJECTED])('is told when it is known, as %i', async (outcome) => {
    const tickets = new LateTickets()
    const ticket = tickets.open()
    const known = whenKnown(tickets, ticket)
    expect(known).toBeInstanceOf(Promise)
    tickets.settle(ticket, outcome)
    expect(await known).toBe(outcome)
  })

  it('is known at once when it has become safe since', () => {
    const tickets = new LateTickets()
    const ticket = tickets.open()
    tickets.settle(ticket, ACCEPTED)
    expect(whenKnown(tickets, ticket)).toBe(ACCEPTED)
  })

  it('is known of a message log when it is stored', async () => {
    const fixture = new LogFixture()
    const ticket = fixture.queue.enqueue(sampleMessage('a'), 0)
    const known = whenKnown(fixture.log, ticket)
    expect(fixture.log.outcomeOf(ticket)).toBe(ticket)
    await fixture.storeAll()
    expect(await known).toBe(ACCEPTED)
    expect(fixture.log.outcomeOf(ticket)).toBe(ACCEPTED)
    expect(whenStored(fixture.log, new Set())).toBeUndefined()
  })
})

describe('what came to a queue that is not stored', () => {
  it.each([ACCEPTED, REJECTED])('has the outcome of the queue, %i', async (outcome) => {
    let storedId = 1
    const definitions = { pending: () => undefined, isQueueStored: (id: number) => id <= storedId }
    const fixture = new LogFixture(undefined, { definitions })
    const { log, queue, other } = fixture
    const safe = queue.enqueue(sampleMessage('a'), 0)
    const late = other.enqueue(sampleMessage('a'), 0)
    const both = log.joined(safe, late)
    const known = [safe, late, both].map(async (ticket) => whenKnown(log, ticket))
    const together = whenAllKnown(log, new Set([safe, late]))
    if (outcome === REJECTED) log.refuseProvisional()
    storedId = 2
    await fixture.storeAll()
    expect(await Promise.all(known)).toEqual([ACCEPTED, outcome, outcome])
    expect(await together).toBe(outcome)
    const next = other.enqueue(sampleMessage('b'), 1)
    expect(next).toBe(log.lastTicket)
  })
})

describe('what becomes of several publishes together', () => {
  it('is known when all of them are, and is that one was refused if one was', async () => {
    for (const outcome of [ACCEPTED, REJECTED]) {
      const tickets = new NodeTickets(() => {})
      const [first, second, other] = [tickets.open(), tickets.open(), tickets.open()]
      let together: number | undefined
      const known = whenAllKnown(tickets, new Set([ACCEPTED, first, second]))
      void Promise.resolve(known).then((all) => {
        together = all
      })
      tickets.settle(first, outcome)
      await microtasks()
      expect(together).toBeUndefined()
      tickets.settle(second, ACCEPTED)
      await microtasks()
      expect([together, tickets.outcomeOf(other)]).toEqual([outcome, other])
    }
  })

  it('is known at once where nothing is waited for', () => {
    const tickets = new NodeTickets(() => {})
    for (const log of [tickets, null]) {
      expect(whenAllKnown(log, new Set([ACCEPTED]))).toBe(ACCEPTED)
      expect(whenAllKnown(log, new Set([REJECTED, ACCEPTED]))).toBe(REJECTED)
    }
  })

  it('is known of a message log when all is stored', async () => {
    const fixture = new LogFixture()
    const ticket = fixture.queue.enqueue(sampleMessage('a'), 0)
    const known = whenAllKnown(fixture.log, new Set([REJECTED, ticket]))
    await fixture.storeAll()
    expect(await known).toBe(REJECTED)
  })
})

it.each([
  [[ACCEPTED, 3], 3],
  [[4, 3], 4],
  [[4, REJECTED], REJECTED],
  [[REJECTED, ACCEPTED], REJECTED],
  [[ACCEPTED, ACCEPTED], ACCEPTED],
])('outcomes %j are %i together, where tickets become safe in their order', (outcomes, joined) => {
  const [one, other] = outcomes as [number, number]
  expect(joinedInOrder(one, other)).toBe(joined)
  expect(new LogFixture().log.joined(one, other)).toBe(joined)
})
