// Queues of type stream, as clients of AMQP 0-9-1 see them.

import type { BASIC_CONSUME } from 'amqp-codec'
import type { FieldsOf } from '../../../test/support/raw-client-method.ts'
import type { Channel, Table } from '../stage/channel.ts'
import type { Scenario, Topic } from '../stage/stage.ts'
import { tableWith, typed } from '../stage/typed.ts'

const stream = { 'x-queue-type': 'stream' }
const durable = { durable: true }

function declares(...tables: Table[]): Scenario {
  return async ({ a }) => {
    for (const [index, table] of tables.entries()) {
      await a.queue(`q${index}`, { ...stream, ...table }, durable)
    }
  }
}

/** A stream that holds these messages. */
async function filled(a: Channel, ...bodies: string[]): Promise<void> {
  await a.queue('q', stream, durable)
  await a.confirmSelect()
  for (const body of bodies) {
    await a.put('q', body)
    await a.confirmed()
  }
}

function from(offset: unknown): FieldsOf<typeof BASIC_CONSUME> {
  return { arguments: tableWith({ 'x-stream-offset': offset }) }
}

/** Consumes from the offset and takes as many messages. */
function reads(offset: unknown, count: number): Scenario {
  return async ({ a, a2 }) => {
    await filled(a, 'zero', 'one', 'two', 'three')
    await a2.prefetch(10)
    await a2.consume('q', offset === undefined ? {} : from(offset))
    await a2.receive(count)
    await a2.quiet()
  }
}

/** Consumes with each of these offsets, which make no sense. */
function refuses(...offsets: unknown[]): Scenario {
  return async ({ a }) => {
    await a.queue('q', stream, durable)
    for (const offset of offsets) {
      await a.prefetch(10)
      await a.consume('q', from(offset))
    }
  }
}

export const streams: Topic = {
  topic: 'streams',
  scenarios: {
    'must be durable': async ({ a }) => {
      await a.queue('q', stream)
    },
    'must not be exclusive': async ({ a }) => {
      await a.queue('q', stream, { durable: true, exclusive: true })
    },
    'must not be auto-delete': async ({ a }) => {
      await a.queue('q', stream, { durable: true, autoDelete: true })
    },
    'must have a name': async ({ a }) => {
      await a.queue('', stream, durable)
    },
    'take arguments of their own': declares(
      { 'x-max-age': '1h' },
      { 'x-max-age': '7D' },
      { 'x-max-length-bytes': 1_000_000 },
      { 'x-stream-max-segment-size-bytes': 1_000_000 },
      { 'x-initial-cluster-size': 1 },
      { 'x-queue-leader-locator': 'client-local' },
    ),
    'refuse values that make no sense': declares(
      { 'x-max-age': '1 hour' },
      { 'x-max-age': 5 },
      { 'x-max-length-bytes': -1 },
      { 'x-initial-cluster-size': 0 },
      { 'x-queue-leader-locator': 'nearest' },
    ),
    'segments that are too large': declares({
      'x-stream-max-segment-size-bytes': typed('l', 3_000_000_001n),
    }),
    'x-max-age without a number': declares({ 'x-max-age': 'h' }),
    'refuse arguments of others': declares(
      { 'x-message-ttl': 1000 },
      { 'x-expires': 1000 },
      { 'x-max-length': 5 },
      { 'x-dead-letter-exchange': 'x' },
      { 'x-max-priority': 5 },
      { 'x-single-active-consumer': true },
      { 'x-overflow': 'drop-head' },
      { 'x-delivery-limit': 5 },
      { 'x-mine': 1 },
    ),
    'may be declared again': async ({ a }) => {
      await a.queue('q', { ...stream, 'x-max-age': '1h' }, durable)
      await a.queue('q', { ...stream, 'x-max-age': '1h' }, durable)
      await a.queue('q', { ...stream, 'x-max-age': '2h' }, durable)
      await a.queue('q', stream, durable)
      await a.queue('q', {}, durable)
    },
    'consuming needs a prefetch': async ({ a }) => {
      await a.queue('q', stream, durable)
      await a.consume('q')
    },
    'consuming needs acknowledgements': async ({ a }) => {
      await a.queue('q', stream, durable)
      await a.prefetch(10)
      await a.consume('q', { noAck: true })
    },
    'a prefetch for the channel is not enough': async ({ a }) => {
      await a.queue('q', stream, durable)
      await a.prefetch(10, true)
      await a.consume('q')
    },
    'get is not there': async ({ a }) => {
      await a.queue('q', stream, durable)
      await a.get('q')
    },
    'purge is not there': async ({ a }) => {
      await a.queue('q', stream, durable)
      await a.purge('q')
    },
    'delete if unused or empty': async ({ a }) => {
      await a.queue('q', stream, durable)
      await a.remove('q', { ifUnused: true })
      await a.queue('p', stream, durable)
      await a.remove('p', { ifEmpty: true })
    },
    'delete and look': async ({ a }) => {
      await filled(a, 'one')
      await a.count('q')
      await a.remove('q')
      await a.count('q')
    },
    'from the first': reads('first', 4),
    'from a number': reads(2, 2),
    'from a number of 64 bits': reads(typed('l', 1n), 3),
    'from the number of the last': reads(3, 1),
    'from what is next': async ({ a, a2 }) => {
      await filled(a, 'zero')
      await a2.prefetch(10)
      await a2.consume('q', from('next'))
      await a.put('q', 'one')
      await a2.receive()
    },
    'from what is next, by default': async ({ a, a2 }) => {
      await filled(a, 'zero')
      await a2.prefetch(10)
      await a2.consume('q')
      await a.put('q', 'one')
      await a2.receive()
    },
    'from an hour ago': reads('1h', 4),
    'from a time long gone': reads(typed('T', 1_000_000_000n), 4),
    'from nonsense': refuses('sometime'),
    'from an interval of an unknown unit': refuses('1y'),
    'from a boolean': refuses(true),
    'each reader has a place of its own': async ({ a, a2, b }) => {
      await filled(a, 'zero', 'one')
      await a2.prefetch(10)
      await a2.consume('q', from('first'))
      await a2.receive(2)
      await b.prefetch(10)
      await b.consume('q', from(1))
      await b.receive()
      await a2.ack(2, true)
      await a2.cancel()
      await a2.consume('q', from('first'))
      await a2.receive(2)
    },
    'readers wait for acknowledgements': async ({ a, a2 }) => {
      await filled(a, 'zero', 'one', 'two')
      await a2.prefetch(1)
      await a2.consume('q', from('first'))
      await a2.receive()
      await a2.ack(1)
      await a2.receive()
    },
    'nothing can be put back': async ({ a, a2 }) => {
      await filled(a, 'zero', 'one')
      await a2.prefetch(1)
      await a2.consume('q', from('first'))
      await a2.receive()
      await a2.nack(1, { requeue: true })
      await a2.next('a refusal')
    },
    'properties and headers go through': async ({ a, a2 }) => {
      await a.queue('q', stream, durable)
      await a.confirmSelect()
      await a.publish('', 'q', 'body', {
        contentType: 'text/plain',
        headers: { mine: 1, text: 'b' },
        deliveryMode: 2,
        priority: 4,
        correlationId: 'c',
        messageId: 'm',
        timestamp: 1_000_000_000n,
        type: 't',
        appId: 'a',
      })
      await a.confirmed()
      await a2.prefetch(1)
      await a2.consume('q', from('first'))
      await a2.receive()
    },
    'routing goes through': async ({ a, a2 }) => {
      await a.queue('q', stream, durable)
      await a.bind('q', 'amq.topic', 'a.#')
      await a.confirmSelect()
      await a.publish('amq.topic', 'a.b', 'one')
      await a.publish('amq.topic', 'b.a', 'two')
      await a.publish('amq.topic', 'a.c', 'three')
      await a.confirmed()
      await a2.prefetch(10)
      await a2.consume('q', from('first'))
      await a2.receive(2)
    },
    'expiration is not looked at': async ({ a, a2 }) => {
      await a.queue('q', stream, durable)
      await a.confirmSelect()
      await a.publish('', 'q', 'one', { expiration: '0' })
      await a.confirmed()
      await a2.prefetch(10)
      await a2.consume('q', from('first'))
      await a2.receive()
    },
    'an exclusive reader': async ({ a, b }) => {
      await a.queue('q', stream, durable)
      await a.prefetch(1)
      await a.consume('q', { exclusive: true })
      await b.prefetch(1)
      await b.consume('q')
    },
    'an offset is not for other queues': async ({ a }) => {
      await a.queue('q')
      await a.consume('q', from('first'))
    },
  },
}
