// What becomes of a message that goes to several queues, of which each may say so later.

import { BASIC_PUBLISH, encodeMethodFrame } from 'amqp-codec'
import { expect, it } from 'vitest'
import { Access } from '../../../src/auth/access.ts'
import { Publisher } from '../../../src/channel/publisher.ts'
import { ACCEPTED, type PublishOutcome, REJECTED } from '../../../src/exchange/destination.ts'
import { type TicketSource, whenKnown } from '../../../src/message-log/ticket-source.ts'
import { MessageCounts } from '../../../src/vhost/message-counts.ts'
import { Vhost } from '../../../src/vhost/vhost.ts'
import { method } from '../../support/raw-client-method.ts'
import { sampleMessage } from '../../support/sample-message.ts'
import { LateTickets } from './late-tickets.ts'
import { RecordingOutput } from './recording-output.ts'

const OWNER = {}
const ACCESS = Access.unrestricted('guest', '/')

/** Publishes to a fanout exchange whose queues answer with these. */
function publish(log: TicketSource | null, outcomes: readonly PublishOutcome[]): PublishOutcome {
  const vhost = new Vhost('/')
  for (const [index, outcome] of outcomes.entries()) {
    const properties = { durable: false, exclusiveOwner: null, autoDelete: false }
    const destination = `q${index}`
    const queue = vhost.declareQueue(destination, { ...properties, arguments: new Map() }, OWNER)
    queue.publish = () => outcome
    const binding = { source: 'amq.fanout', kind: 'queue', destination, routingKey: '' } as const
    vhost.bind({ ...binding, arguments: new Map() }, OWNER)
  }
  const publisher = new Publisher({
    ...{ channel: 1, vhost, access: ACCESS, readsDeaths: true, messageLog: log },
    output: new RecordingOutput(),
    origin: { connectionName: '', number: 1, username: 'guest' },
    counts: new MessageCounts(),
  })
  const frame = encodeMethodFrame(1, method(BASIC_PUBLISH, { exchange: 'amq.fanout' }))
  const request = vhost.findPublishRequest(ACCESS, frame, 7, frame.length - 1)
  return publisher.publish(request, sampleMessage('x'))
}

it.each([
  ['accepted by all', [ACCEPTED, ACCEPTED, ACCEPTED], ACCEPTED],
  ['refused by the first', [REJECTED, ACCEPTED, ACCEPTED], REJECTED],
  ['refused by the last', [ACCEPTED, ACCEPTED, REJECTED], REJECTED],
])('is known at once when it is %s', (_, outcomes, expected) => {
  expect(publish(null, outcomes)).toBe(expected)
  expect(publish(new LateTickets(), outcomes)).toBe(expected)
})

it('is a refusal at once when one queue refuses, whatever others are going to say', () => {
  const tickets = new LateTickets()
  expect(publish(tickets, [tickets.open(), REJECTED, tickets.open()])).toBe(REJECTED)
})

it.each([
  ['safe when it is in all queues, the last one first', [2, 1, 0], undefined, ACCEPTED],
  ['a refusal when one refuses later', [0, 1, 2], 1, REJECTED],
  ['a refusal when the first one refuses, after the others have taken it', [2, 1, 0], 0, REJECTED],
])('is %s', async (_, order, refusing, expected) => {
  const tickets = new LateTickets()
  const each = [tickets.open(), tickets.open(), tickets.open()]
  const outcome = publish(tickets, [...each, ACCEPTED])
  const known = whenKnown(tickets, outcome)
  for (const index of order) {
    expect(tickets.outcomeOf(outcome)).toBe(outcome)
    tickets.settle(each[index] as number, index === refusing ? REJECTED : ACCEPTED)
  }
  expect(await known).toBe(expected)
})
