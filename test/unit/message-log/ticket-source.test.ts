import { describe, expect, it } from 'vitest'
import { ACCEPTED, REJECTED } from '../../../src/exchange/destination.ts'
import { joinedInOrder, whenKnown, whenStored } from '../../../src/message-log/ticket-source.ts'
import { sampleMessage } from '../../support/sample-message.ts'
import { LateTickets } from '../channel/late-tickets.ts'
import { LogFixture } from './log-fixture.ts'

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
