// Quorum queues and streams, before and after a restart.

import type { Channel, Table } from '../stage/channel.ts'
import { tableWith } from '../stage/typed.ts'
import type { RestartTopic } from './restart.ts'

const durable = { durable: true }
const quorum = { 'x-queue-type': 'quorum' }
const stream = { 'x-queue-type': 'stream' }
const toDead = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' }

async function fill(a: Channel, args: Table, ...bodies: string[]): Promise<void> {
  await a.queue('q', args, durable)
  await store(a, ...bodies)
}

async function store(a: Channel, ...bodies: string[]): Promise<void> {
  await a.confirmSelect()
  for (const body of bodies) {
    await a.publish('', 'q', body, { deliveryMode: 2 })
    await a.confirmed()
  }
}

/** Reads the stream from there. */
async function read(a: Channel, offset: string | number, count: number): Promise<void> {
  await a.prefetch(10)
  await a.consume('q', { arguments: tableWith({ 'x-stream-offset': offset }) })
  await a.receive(count)
  await a.ack(a.lastDeliveryTag, true)
  await a.cancel()
}

export const restartedQueueTypes: RestartTopic = {
  topic: 'restarted quorum queues and streams',
  scenarios: {
    'a quorum queue keeps messages, in order': {
      before: async ({ a }) => {
        await fill(a, quorum, '1', '2', '3')
      },
      after: async ({ a }) => {
        await a.queue('q', quorum, durable)
        await a.holds('q', 3)
        await store(a, '4')
        await a.drain('q')
      },
    },
    'a quorum queue keeps transient messages': {
      before: async ({ a }) => {
        await a.queue('q', quorum, durable)
        await a.confirmSelect()
        await a.publish('', 'q', 'one', { deliveryMode: 1 })
        await a.put('q', 'two')
        await a.confirmed()
      },
      after: async ({ a }) => {
        await a.holds('q', 2)
        await a.drain('q')
      },
    },
    'a quorum queue counts what was put back': {
      before: async ({ a, a2 }) => {
        await fill(a, { ...quorum, 'x-delivery-limit': 5 }, '1', '2')
        await a2.get('q')
        await a2.nack(1, { requeue: true })
        await a.holds('q', 2)
        await store(a, '3')
      },
      after: async ({ a }) => {
        await a.holds('q', 3)
        await a.drain('q')
      },
    },
    'a quorum queue counts what was unacknowledged': {
      before: async ({ a, a2 }) => {
        await fill(a, quorum, '1', '2')
        await a2.get('q')
        await store(a, '3')
      },
      after: async ({ a }) => {
        await a.holds('q', 3)
        await a.drain('q')
      },
    },
    'a quorum queue has forgotten what was acknowledged': {
      before: async ({ a, a2 }) => {
        await fill(a, quorum, '1', '2')
        await a2.get('q')
        await a2.ack(1)
        await a2.quiet()
        await store(a, '3')
      },
      after: async ({ a }) => {
        await a.holds('q', 2)
        await a.drain('q')
      },
    },
    'a quorum queue has dead letters': {
      before: async ({ a }) => {
        await a.queue('dead', {}, durable)
        await fill(a, { ...quorum, ...toDead }, '1')
      },
      after: async ({ a }) => {
        await a.holds('q', 1)
        await a.get('q')
        await a.reject(1)
        await a.holds('dead', 1)
        await a.drain('dead')
      },
    },
    'a stream goes on where it was': {
      before: async ({ a }) => {
        await fill(a, stream, 'zero', 'one', 'two')
      },
      after: async ({ a, a2 }) => {
        await read(a2, 'first', 3)
        await store(a, 'three')
        await read(a2, 2, 2)
      },
    },
    'a stream has its transient messages': {
      before: async ({ a }) => {
        await a.queue('q', stream, durable)
        await a.confirmSelect()
        await a.put('q', 'zero')
        await a.confirmed()
      },
      after: async ({ a }) => {
        await read(a, 'first', 1)
      },
    },
    'a stream that is read from what is next': {
      before: async ({ a }) => {
        await fill(a, stream, 'zero', 'one')
      },
      after: async ({ a, a2 }) => {
        await a2.prefetch(10)
        await a2.consume('q', { arguments: tableWith({ 'x-stream-offset': 'next' }) })
        await store(a, 'two')
        await a2.receive()
      },
    },
    'a stream that was deleted begins at nothing': {
      before: async ({ a }) => {
        await fill(a, stream, 'zero', 'one')
        await a.remove('q')
        await fill(a, stream, 'new')
      },
      after: async ({ a }) => {
        await read(a, 'first', 1)
      },
    },
  },
}
