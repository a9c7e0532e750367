// Messages of classic queues, before and after a restart.

import { TX_COMMIT, TX_ROLLBACK, TX_SELECT } from 'amqp-codec'
import type { Channel, Properties, Table } from '../stage/channel.ts'
import { typed } from '../stage/typed.ts'
import type { Restart, RestartTopic } from './restart.ts'

const durable = { durable: true }
const persistent: Properties = { deliveryMode: 2 }
const toDead = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' }
const refusing = { 'x-overflow': 'reject-publish' }

/** Declares the durable queue and sends it persistent messages, each confirmed before the next. */
async function fill(a: Channel, args: Table, ...bodies: string[]): Promise<void> {
  await a.queue('q', args, durable)
  await store(a, ...bodies)
}

/** Whatever the broker was told before is on its disk, too, when this is confirmed. */
async function store(a: Channel, ...bodies: string[]): Promise<void> {
  await a.confirmSelect()
  for (const body of bodies) {
    await a.publish('', 'q', body, persistent)
    await a.confirmed()
  }
}

/** What is in the queue after that. */
function drained(before: Restart['before'], ...queues: string[]): Restart {
  return {
    before,
    after: async ({ a }) => {
      for (const queue of queues) {
        await a.count(queue)
        await a.drain(queue)
      }
    },
  }
}

export const restartedMessages: RestartTopic = {
  topic: 'restarted messages',
  scenarios: {
    'persistent ones stay, in order': drained(async ({ a }) => {
      await fill(a, {}, '1', '2', '3', '4', '5')
    }, 'q'),
    'transient ones go': drained(async ({ a }) => {
      await fill(a, {}, '1')
      await a.publish('', 'q', '2', { deliveryMode: 1 })
      await a.publish('', 'q', '3')
      await store(a, '4')
    }, 'q'),
    'transient ones go from lazy queues, too': drained(async ({ a }) => {
      await fill(a, { 'x-queue-mode': 'lazy' }, '1')
      await a.publish('', 'q', '2')
      await store(a, '3')
    }, 'q'),
    'persistent ones go with transient queues': {
      before: async ({ a }) => {
        await a.queue('q')
        await store(a, '1')
      },
      after: async ({ a }) => {
        await a.queue('q')
        await a.drain('q')
      },
    },
    'one message in several queues': {
      before: async ({ a }) => {
        await a.queue('p', {}, durable)
        await a.queue('q', {}, durable)
        await a.queue('transient')
        for (const queue of ['p', 'q', 'transient']) await a.bind(queue, 'amq.fanout')
        await a.confirmSelect()
        await a.publish('amq.fanout', 'k', 'one', persistent)
        await a.confirmed()
        await a.get('p', true)
        await store(a, 'two')
      },
      after: async ({ a }) => {
        await a.drain('p')
        await a.drain('q')
      },
    },
    'properties, headers and keys': drained(async ({ a }) => {
      await a.queue('q', {}, durable)
      await a.exchange('x', 'topic', {}, durable)
      await a.bind('q', 'x', '#')
      await a.confirmSelect()
      await a.publish('x', 'key.of it', 'body', {
        contentType: 'text/plain',
        contentEncoding: 'gzip',
        headers: {
          long: typed('l', 1n),
          short: typed('s', 5),
          list: ['a', 1, { b: true }],
          octets: Buffer.from('00ff', 'hex'),
          nothing: null,
          time: typed('T', 1_000_000_000n),
          fraction: 1.5,
        },
        deliveryMode: 2,
        priority: 3,
        correlationId: 'c',
        replyTo: 'r',
        expiration: '600000',
        messageId: 'm',
        timestamp: 1_000_000_000n,
        type: 't',
        userId: 'guest',
        appId: 'a',
      })
      await a.confirmed()
    }, 'q'),
    'an empty one and large ones': drained(async ({ a }) => {
      await fill(a, {}, '', 'x'.repeat(5000), 'y'.repeat(300_000))
    }, 'q'),
    'unacknowledged ones come back': drained(async ({ a, a2, b }) => {
      await fill(a, {}, '1', '2', '3', '4')
      await a2.prefetch(1)
      await a2.consume('q')
      await a2.receive()
      await b.get('q')
      await b.get('q')
    }, 'q'),
    'acknowledged ones are gone': drained(async ({ a, a2 }) => {
      await fill(a, {}, '1', '2', '3')
      await a2.get('q')
      await a2.get('q')
      await a2.ack(1)
      await a2.quiet()
      await store(a, '4')
    }, 'q'),
    'rejected ones are gone': drained(async ({ a, a2 }) => {
      await fill(a, {}, '1', '2')
      await a2.get('q')
      await a2.reject(1)
      await a2.quiet()
      await store(a, '3')
    }, 'q'),
    'ones that were put back are where they were': drained(async ({ a, a2 }) => {
      await fill(a, {}, '1', '2', '3')
      for (let count = 0; count < 3; count++) await a2.get('q')
      await a2.nack(2, { requeue: true })
      await a2.holds('q', 1)
      await store(a, '4')
      await a2.nack(3, { requeue: true })
      await a2.holds('q', 3)
    }, 'q'),
    'purged ones are gone': drained(async ({ a }) => {
      await fill(a, {}, '1', '2')
      await a.purge('q')
      await store(a, '3')
    }, 'q'),
    'ones of a queue that was deleted are gone': {
      before: async ({ a }) => {
        await fill(a, {}, '1')
        await a.remove('q')
        await fill(a, {}, '2')
      },
      after: async ({ a }) => {
        await a.drain('q')
      },
    },
    'consumers that come then get them': {
      before: async ({ a }) => {
        await fill(a, {}, '1', '2', '3')
      },
      after: async ({ a }) => {
        await a.prefetch(2)
        await a.consume('q')
        await a.receive(2)
        await a.ack(1)
        await a.receive(1)
        await a.ack(3, true)
        await a.quiet()
        await a.count('q')
      },
    },
    'what is new stands behind what is old': {
      before: async ({ a }) => {
        await fill(a, {}, '1', '2')
      },
      after: async ({ a }) => {
        await store(a, '3')
        await a.drain('q')
      },
    },
    priorities: {
      before: async ({ a }) => {
        await a.queue('q', { 'x-max-priority': 5 }, durable)
        await a.confirmSelect()
        for (const priority of [1, 5, 0, 3, 5, 9]) {
          await a.publish('', 'q', `of ${priority}`, { deliveryMode: 2, priority })
          await a.confirmed()
        }
      },
      after: async ({ a }) => {
        await a.confirmSelect()
        await a.publish('', 'q', 'of 4', { deliveryMode: 2, priority: 4 })
        await a.confirmed()
        await a.drain('q')
      },
    },
    'what a transaction has committed': drained(async ({ a }) => {
      await a.queue('q', {}, durable)
      await a.call(TX_SELECT)
      await a.publish('', 'q', 'rolled back', persistent)
      await a.call(TX_ROLLBACK)
      await a.publish('', 'q', 'committed', persistent)
      await a.publish('', 'q', 'committed, too', persistent)
      await a.call(TX_COMMIT)
      await a.publish('', 'q', 'not committed', persistent)
      await a.quiet()
    }, 'q'),
    'what a transaction has acknowledged': drained(async ({ a, a2 }) => {
      await fill(a, {}, '1', '2', '3')
      await a2.call(TX_SELECT)
      for (let count = 0; count < 3; count++) await a2.get('q')
      await a2.ack(1)
      await a2.call(TX_COMMIT)
      await a2.ack(2)
      await a2.quiet()
    }, 'q'),
    'time goes on for messages': {
      before: async ({ a }) => {
        await a.queue('q', {}, durable)
        await a.confirmSelect()
        await a.publish('', 'q', 'short', { deliveryMode: 2, expiration: '1000' })
        await a.publish('', 'q', 'long', { deliveryMode: 2, expiration: '600000' })
        await a.confirmed()
      },
      after: async ({ a }) => {
        await a.holds('q', 1)
        await a.drain('q')
      },
    },
    'time goes on for queues, and there are dead letters': {
      before: async ({ a }) => {
        await a.queue('dead', {}, durable)
        await fill(a, { 'x-message-ttl': 1000, ...toDead }, '1', '2')
      },
      after: async ({ a }) => {
        await a.holds('dead', 2)
        await a.drain('dead')
        await a.count('q')
      },
    },
    'a time that is not over': {
      before: async ({ a }) => {
        await fill(a, { 'x-message-ttl': 600_000 }, '1')
      },
      after: async ({ a }) => {
        await a.queue('q', { 'x-message-ttl': 600_000 }, durable)
        await a.drain('q')
      },
    },
    'dead letters with their history': drained(async ({ a, a2 }) => {
      await a.queue('dead', {}, durable)
      await fill(a, toDead, '1', '2')
      await a2.get('q')
      await a2.reject(1)
      await a.holds('dead', 1)
      await store(a, '3')
    }, 'dead'),
    'dead letters go on to die': {
      before: async ({ a, a2 }) => {
        await a.queue(
          'dead',
          { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'q' },
          durable,
        )
        await fill(a, toDead, '1')
        await a2.get('q')
        await a2.reject(1)
        await a.holds('dead', 1)
        await a.queue('other', {}, durable)
        await a.publish('', 'other', 'stored', persistent)
        await a.confirmed()
      },
      after: async ({ a }) => {
        await a.get('dead')
        await a.reject(1)
        await a.holds('q', 1)
        await a.get('q')
        await a.reject(2)
        await a.holds('dead', 1)
        await a.get('dead', true)
      },
    },
    'dead letters of what is too much then': {
      before: async ({ a }) => {
        await a.queue('dead', {}, durable)
        await fill(a, { 'x-max-length': 2, ...toDead }, '1', '2')
      },
      after: async ({ a }) => {
        await store(a, '3')
        await a.holds('dead', 1)
        await a.drain('dead')
        await a.drain('q')
      },
    },
    'a length counts what was there': {
      before: async ({ a }) => {
        await fill(a, { 'x-max-length': 3, ...refusing }, '1', '2')
      },
      after: async ({ a, a2 }) => {
        await store(a, '3', '4')
        await a2.get('q', true)
        await store(a, '5', '6')
        await a2.drain('q')
      },
    },
    'a length in bytes counts what was there': {
      before: async ({ a }) => {
        await fill(a, { 'x-max-length-bytes': 10 }, '1234', '1234')
      },
      after: async ({ a }) => {
        await store(a, '1234')
        await a.drain('q')
      },
    },
    'what a length has driven out stays out': drained(async ({ a }) => {
      await fill(a, { 'x-max-length': 2 }, '1', '2', '3', '4')
    }, 'q'),
    'single active consumers': {
      before: async ({ a, a2 }) => {
        await fill(a, { 'x-single-active-consumer': true }, '1', '2')
        await a2.prefetch(1)
        await a2.consume('q')
        await a2.receive()
      },
      after: async ({ a, a2 }) => {
        await a.prefetch(1)
        await a.consume('q', { consumerTag: 'first' })
        await a2.consume('q', { consumerTag: 'second' })
        await a.receive()
        await a.ack(1)
        await a.receive()
      },
    },
    'ones that a policy drives out': {
      before: async ({ a, administration }) => {
        await fill(a, {}, '1', '2', '3')
        await administration.setPolicy('p', { pattern: '^q$', definition: { 'max-length': 1 } })
        await a.holds('q', 1)
        await a.queue('other', {}, durable)
        await a.publish('', 'other', 'stored', persistent)
        await a.confirmed()
      },
      after: async ({ a }) => {
        await a.count('q')
        await a.drain('q')
      },
    },
  },
}
