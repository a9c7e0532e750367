// Messages and queues that do not last: x-message-ttl, expiration, x-expires.

import type { Scenario, Topic } from '../stage/stage.ts'

const durable = { durable: true }

/** Publishes the expirations in this order, and says which are gone when the queue has come to rest. */
function expires(
  ttl: number | undefined,
  expirations: readonly (string | undefined)[],
  left: number,
): Scenario {
  return async ({ a }) => {
    await a.queue('q', ttl === undefined ? {} : { 'x-message-ttl': ttl })
    for (const [index, expiration] of expirations.entries()) {
      await a.publish('', 'q', `message ${index}`, expiration === undefined ? {} : { expiration })
    }
    await a.holds('q', left)
    await a.drain('q')
  }
}

export const expiring: Topic = {
  topic: 'expiry',
  scenarios: {
    'x-message-ttl: all of a queue go': expires(40, [undefined, undefined], 0),
    'expiration: one message goes': expires(undefined, ['40'], 0),
    'expiration: the first goes, what is behind stays': expires(undefined, ['40', undefined], 1),
    'expiration: what is behind a lasting message waits for its turn': async ({ a }) => {
      await a.queue('q')
      await a.queue('clock', { 'x-message-ttl': 100 })
      await a.put('q', 'lasting')
      await a.publish('', 'q', 'short', { expiration: '10' })
      await a.put('clock', 'tick')
      await a.holds('clock', 0)
      await a.count('q')
      await a.get('q', true)
      await a.holds('q', 0)
    },
    'the lower of the two counts': expires(40, ['600000', '10'], 0),
    'the lower of the two counts, the other way round': expires(600_000, ['40', undefined], 1),
    'zero goes at once': expires(undefined, ['0', '0'], 0),
    'x-message-ttl of zero goes at once': expires(0, [undefined, undefined], 0),
    'zero is delivered to who waits': async ({ a, a2 }) => {
      await a.queue('q')
      await a2.consume('q')
      await a.publish('', 'q', 'one', { expiration: '0' })
      await a2.receive()
      await a2.reject(1, true)
      await a.holds('q', 0)
    },
    'x-message-ttl of zero is delivered to who waits': async ({ a, a2 }) => {
      await a.queue('q', { 'x-message-ttl': 0 })
      await a2.prefetch(1)
      await a2.consume('q')
      await a.put('q', 'one', 'two')
      await a2.receive()
      await a.holds('q', 0)
      await a2.ack(1)
      await a2.quiet()
    },
    'the property is delivered as it was': async ({ a }) => {
      await a.queue('q', { 'x-message-ttl': 100_000 })
      await a.publish('', 'q', 'one', { expiration: '60000' })
      await a.get('q', true)
    },
    'what is unacknowledged does not expire': async ({ a, a2 }) => {
      await a.queue('q', { 'x-message-ttl': 500 })
      await a.put('q', 'one', 'two')
      await a2.get('q')
      await a.holds('q', 0)
      await a2.ack(1)
      await a2.quiet()
    },
    'what is put back after its time is gone': async ({ a, a2 }) => {
      await a.queue('q', { 'x-message-ttl': 500 })
      await a.queue('clock', { 'x-message-ttl': 600 })
      await a.put('q', 'one')
      await a2.get('q')
      await a.put('clock', 'tick')
      await a.holds('clock', 0)
      await a2.reject(1, true)
      await a.holds('q', 0)
    },
    'a durable queue and persistent messages': async ({ a }) => {
      await a.queue('q', { 'x-message-ttl': 50 }, durable)
      for (const body of ['one', 'two']) await a.publish('', 'q', body, { deliveryMode: 2 })
      await a.holds('q', 0)
    },
    'what expires is confirmed all the same': async ({ a }) => {
      await a.queue('q', { 'x-message-ttl': 0 })
      await a.confirmSelect()
      await a.put('q', 'one', 'two')
      await a.confirmed()
    },
    'each queue has its own time': async ({ a }) => {
      await a.queue('short', { 'x-message-ttl': 40 })
      await a.queue('long', { 'x-message-ttl': 600_000 })
      for (const queue of ['short', 'long']) await a.bind(queue, 'amq.fanout')
      await a.publish('amq.fanout', '', 'one')
      await a.holds('short', 0)
      await a.drain('long')
    },
    'x-expires: an unused queue goes': async ({ a }) => {
      await a.queue('q', { 'x-expires': 60 })
      await a.gone('q')
      await a.count('q')
    },
    'x-expires: a durable queue with messages goes, and its bindings': async ({ a }) => {
      await a.queue('q', { 'x-expires': 500 }, durable)
      await a.bind('q', 'amq.fanout')
      await a.put('q', 'one', 'two')
      await a.gone('q')
      await a.queue('q', {}, durable)
      await a.publish('amq.fanout', '', 'three', {}, { mandatory: true })
      await a.receive()
    },
    'x-expires: a consumer keeps it': async ({ a, a2 }) => {
      await a.queue('q', { 'x-expires': 600 })
      await a.queue('clock', { 'x-message-ttl': 800 })
      await a2.consume('q')
      await a.put('clock', 'tick')
      await a.holds('clock', 0)
      await a.count('q')
      await a2.cancel()
      await a.gone('q')
    },
    'x-expires goes without dead letters': async ({ a }) => {
      await a.queue('dead')
      await a.queue('q', {
        'x-expires': 60,
        'x-dead-letter-exchange': '',
        'x-dead-letter-routing-key': 'dead',
      })
      await a.put('q', 'one')
      await a.gone('q')
      await a.count('dead')
    },
  },
}
