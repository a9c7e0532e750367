// Queues of type quorum.

import type { Channel, Table } from '../stage/channel.ts'
import type { Scenario, Topic } from '../stage/stage.ts'

const quorum = { 'x-queue-type': 'quorum' }
const durable = { durable: true }
const toDead = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' }

function declares(...tables: Table[]): Scenario {
  return async ({ a }) => {
    for (const [index, table] of tables.entries()) {
      await a.queue(`q${index}`, { ...quorum, ...table }, durable)
    }
  }
}

/** Publishes with confirms: a quorum queue is in no hurry. */
async function put(a: Channel, queue: string, ...bodies: string[]): Promise<void> {
  await a.confirmSelect()
  await a.put(queue, ...bodies)
  await a.confirmed()
  await a.holds(queue, bodies.length)
}

export const quorumQueues: Topic = {
  topic: 'quorum queues',
  scenarios: {
    'must be durable': async ({ a }) => {
      await a.queue('q', quorum)
    },
    'must not be exclusive': async ({ a }) => {
      await a.queue('q', quorum, { durable: true, exclusive: true })
    },
    'must not be auto-delete': async ({ a }) => {
      await a.queue('q', quorum, { durable: true, autoDelete: true })
    },
    'must have a name': async ({ a }) => {
      await a.queue('', quorum, durable)
    },
    'may be declared again': async ({ a }) => {
      await a.queue('q', { ...quorum, 'x-delivery-limit': 3 }, durable)
      await a.queue('q', { ...quorum, 'x-delivery-limit': 3 }, durable)
      await a.queue('q', { ...quorum, 'x-delivery-limit': 4 }, durable)
      await a.queue('q', {}, durable)
      await a.count('q')
    },
    'take arguments of their own': declares(
      { 'x-delivery-limit': 5 },
      { 'x-delivery-limit': 0 },
      { 'x-quorum-initial-group-size': 1 },
      { 'x-max-in-memory-length': 5 },
      { 'x-max-in-memory-bytes': 500 },
      { 'x-single-active-consumer': true },
      { 'x-dead-letter-strategy': 'at-most-once' },
      { 'x-queue-leader-locator': 'client-local' },
    ),
    'refuse values that make no sense': declares(
      { 'x-delivery-limit': -1 },
      { 'x-delivery-limit': 'five' },
      { 'x-quorum-initial-group-size': 0 },
      { 'x-dead-letter-strategy': 'at-best' },
      { 'x-queue-leader-locator': 'nearest' },
      { 'x-overflow': 'drop-tail' },
    ),
    'refuse arguments of others': declares(
      { 'x-max-priority': 5 },
      { 'x-queue-mode': 'lazy' },
      { 'x-queue-version': 2 },
      { 'x-overflow': 'reject-publish-dlx' },
      { 'x-max-age': '1h' },
      { 'x-mine': 1 },
      { 'x-queue-master-locator': 'client-local' },
    ),
    'take those of all queues': declares(
      { 'x-message-ttl': 1000 },
      { 'x-expires': 100_000 },
      { 'x-max-length': 5 },
      { 'x-max-length-bytes': 500 },
      { 'x-overflow': 'reject-publish' },
      { 'x-overflow': 'drop-head' },
      toDead,
    ),
    'at-least-once needs company': declares(
      { 'x-dead-letter-strategy': 'at-least-once' },
      { 'x-dead-letter-strategy': 'at-least-once', ...toDead },
      { 'x-dead-letter-strategy': 'at-least-once', 'x-overflow': 'reject-publish', ...toDead },
    ),
    'give and take messages': async ({ a, a2 }) => {
      await a.queue('q', quorum, durable)
      await put(a, 'q', 'one', 'two')
      await a2.get('q')
      await a2.ack(1)
      await a2.get('q', true)
      await a2.get('q')
    },
    'count deliveries of what is put back': async ({ a, a2 }) => {
      await a.queue('q', quorum, durable)
      await put(a, 'q', 'one')
      for (let tag = 1; tag <= 3; tag++) {
        await a2.get('q')
        await a2.nack(tag, { requeue: true })
        await a.holds('q', 1)
      }
      await a2.get('q', true)
    },
    'put back to where it was, with a limit': async ({ a, a2 }) => {
      await a.queue('q', { ...quorum, 'x-delivery-limit': 5 }, durable)
      await put(a, 'q', 'one', 'two')
      await a2.get('q')
      await a2.nack(1, { requeue: true })
      await a.holds('q', 2)
      await a2.drain('q')
    },
    'put back without a limit': async ({ a, a2 }) => {
      await a.queue('q', quorum, durable)
      await put(a, 'q', 'one', 'two')
      await a2.get('q')
      await a2.nack(1, { requeue: true })
      await a.holds('q', 2)
      await a2.drain('q')
    },
    'count deliveries beside headers of the message': async ({ a, a2 }) => {
      await a.queue('q', quorum, durable)
      await a.confirmSelect()
      await a.publish('', 'q', 'one', { headers: { mine: 1 }, messageId: 'm' })
      await a.confirmed()
      await a2.get('q')
      await a2.nack(1, { requeue: true })
      await a.holds('q', 1)
      await a2.get('q', true)
    },
    'drop what came back too often': async ({ a, a2 }) => {
      await a.queue('q', { ...quorum, 'x-delivery-limit': 2 }, durable)
      await put(a, 'q', 'one')
      for (let tag = 1; tag <= 2; tag++) {
        await a2.get('q')
        await a2.nack(tag, { requeue: true })
        await a.holds('q', 1)
      }
      await a2.get('q')
      await a2.nack(3, { requeue: true })
      await a.holds('q', 0)
      await a2.get('q')
    },
    'dead letters of what came back too often': async ({ a, a2 }) => {
      await a.queue('dead')
      await a.queue('q', { ...quorum, ...toDead, 'x-delivery-limit': 1 }, durable)
      await put(a, 'q', 'one')
      await a2.get('q')
      await a2.nack(1, { requeue: true })
      await a.holds('q', 1)
      await a2.get('q')
      await a2.nack(2, { requeue: true })
      await a.holds('dead', 1)
      await a2.get('dead', true)
    },
    'dead letters of what is rejected': async ({ a, a2 }) => {
      await a.queue('dead')
      await a.queue('q', { ...quorum, ...toDead }, durable)
      await put(a, 'q', 'one')
      await a2.get('q')
      await a2.reject(1)
      await a.holds('dead', 1)
      await a2.get('dead', true)
    },
    'dead letters of what expires': async ({ a, a2 }) => {
      await a.queue('dead')
      await a.queue('q', { ...quorum, ...toDead, 'x-message-ttl': 50 }, durable)
      await a.put('q', 'one')
      await a.holds('dead', 1)
      await a2.get('dead', true)
    },
    'dead letters of what is too much': async ({ a, a2 }) => {
      await a.queue('dead')
      await a.queue('q', { ...quorum, ...toDead, 'x-max-length': 1 }, durable)
      await a.confirmSelect()
      await a.put('q', 'one')
      await a.confirmed()
      await a.put('q', 'two')
      await a.confirmed()
      await a.holds('dead', 1)
      await a2.drain('dead')
      await a2.drain('q')
    },
    'a consumer gets messages, in order': async ({ a, a2 }) => {
      await a.queue('q', quorum, durable)
      await a2.prefetch(10)
      await a2.consume('q')
      await a.put('q', 'one', 'two', 'three')
      await a2.receive(3)
      await a2.ack(3, true)
      await a2.quiet()
    },
    'a channel that closes puts back, and counts': async ({ a, a2 }) => {
      await a.queue('q', quorum, durable)
      await put(a, 'q', 'one')
      await a2.consume('q')
      await a2.receive()
      await a2.count('amq.nothing')
      await a.holds('q', 1)
      await a2.get('q', true)
    },
    'purge and delete': async ({ a }) => {
      await a.queue('q', quorum, durable)
      await put(a, 'q', 'one', 'two')
      await a.purge('q')
      await a.holds('q', 0)
      await a.remove('q')
      await a.count('q')
    },
    'delete if unused is not there': async ({ a }) => {
      await a.queue('q', quorum, durable)
      await a.remove('q', { ifUnused: true })
    },
    'delete if empty is not there': async ({ a }) => {
      await a.queue('q', quorum, durable)
      await a.remove('q', { ifEmpty: true })
    },
    'no prefetch for a channel': async ({ a }) => {
      await a.queue('q', quorum, durable)
      await a.prefetch(5, true)
      await a.consume('q')
    },
    'no get from a single active consumer': async ({ a }) => {
      await a.queue('q', { ...quorum, 'x-single-active-consumer': true }, durable)
      await a.get('q')
    },
    'single active consumers take over': async ({ a, a2, b }) => {
      await a.queue('q', { ...quorum, 'x-single-active-consumer': true }, durable)
      await a2.prefetch(1)
      await a2.consume('q', { consumerTag: 'first' })
      await b.consume('q', { consumerTag: 'second' })
      await a.put('q', 'one')
      await a2.receive()
      await a2.ack(1)
      await a2.cancel('first')
      await a.put('q', 'two')
      await b.receive()
    },
    'exclusive consumers': async ({ a, b }) => {
      await a.queue('q', quorum, durable)
      await a.consume('q', { exclusive: true })
      await b.consume('q')
    },
    'a deletion tells consumers': async ({ a, b }) => {
      await a.queue('q', quorum, durable)
      await b.consume('q')
      await a.remove('q')
      await b.receive()
    },
    'reject-publish refuses': async ({ a, a2 }) => {
      await a.queue('q', { ...quorum, 'x-max-length': 1, 'x-overflow': 'reject-publish' }, durable)
      await a.confirmSelect()
      await a.put('q', 'one')
      await a.confirmed()
      await a2.holds('q', 1)
    },
  },
}
