// Queues, exchanges and bindings, and what an administrator has set, before and after a restart.

import { EXCHANGE_BIND, EXCHANGE_UNBIND, QUEUE_UNBIND } from 'amqp-codec'
import type { Table } from '../stage/channel.ts'
import type { Stage } from '../stage/stage.ts'
import type { Restart, RestartTopic } from './restart.ts'

const durable = { durable: true }

/** Keeps one queue with a binding of these arguments or key, and sends to it after the restart. */
function keepsBinding(
  type: string,
  key: string,
  args: Table,
  ...sent: readonly { readonly key?: string; readonly headers?: Table }[]
): Restart {
  return {
    before: async ({ a }) => {
      await a.exchange('x', type, {}, durable)
      await a.queue('q', {}, durable)
      await a.bind('q', 'x', key, args)
    },
    after: async ({ a }) => {
      for (const { key: routingKey = '', headers = {} } of sent) {
        await a.publish('x', routingKey, 'one', { headers }, { mandatory: true })
        await a.quiet()
      }
      await a.holds('q', 1)
    },
  }
}

async function addUser(stage: Stage): Promise<void> {
  const { administration, virtualHost } = stage
  const mine = { configure: '^mine', write: '^mine|^amq.topic', read: '^mine' }
  const user = await administration.addUser('user', mine)
  await administration.setTopicPermissions(user, 'amq.topic', '^mine', '^mine')
  stage.note(`user of ${virtualHost}`)
}

export const restartedDefinitions: RestartTopic = {
  topic: 'restarted definitions',
  scenarios: {
    'durable queues stay': {
      before: async ({ a }) => {
        await a.queue('durable', { 'x-max-length': 5, 'x-mine': 'text' }, durable)
        await a.queue('transient')
      },
      after: async ({ a }) => {
        await a.count('durable')
        await a.queue('durable', { 'x-max-length': 5, 'x-mine': 'text' }, durable)
        await a.queue('durable', { 'x-max-length': 6, 'x-mine': 'text' }, durable)
        await a.count('transient')
      },
    },
    'exclusive queues go, durable ones as well': {
      before: async ({ a }) => {
        await a.queue('q1', {}, { exclusive: true })
        await a.queue('q2', {}, { exclusive: true, durable: true })
      },
      after: async ({ a, b }) => {
        await a.count('q1')
        await b.count('q2')
      },
    },
    'auto-delete queues that nobody has used stay': {
      before: async ({ a }) => {
        await a.queue('q', {}, { durable: true, autoDelete: true })
      },
      after: async ({ a }) => {
        await a.count('q')
        await a.consume('q')
        await a.cancel()
        await a.count('q')
      },
    },
    'auto-delete queues with consumers': {
      before: async ({ a }) => {
        await a.queue('q', {}, { durable: true, autoDelete: true })
        await a.consume('q')
      },
      after: async ({ a }) => {
        await a.count('q')
      },
    },
    'queues that the broker has named': {
      before: async (stage) => {
        const name = await stage.a.queue('', {}, durable)
        await stage.a.bind(name, 'amq.fanout')
      },
      after: async ({ a }) => {
        await a.publish('amq.fanout', '', 'one', {}, { mandatory: true })
        await a.quiet()
      },
    },
    'queues that were deleted stay away': {
      before: async ({ a }) => {
        await a.queue('q', {}, durable)
        await a.remove('q')
      },
      after: async ({ a }) => {
        await a.count('q')
      },
    },
    'a queue that was declared anew is the new one': {
      before: async ({ a }) => {
        await a.queue('q', { 'x-max-length': 5 }, durable)
        await a.bind('q', 'amq.direct', 'old')
        await a.remove('q')
        await a.queue('q', {}, durable)
        await a.bind('q', 'amq.direct', 'new')
      },
      after: async ({ a }) => {
        await a.queue('q', {}, durable)
        await a.publish('amq.direct', 'old', 'one', {}, { mandatory: true })
        await a.quiet()
        await a.publish('amq.direct', 'new', 'two', {}, { mandatory: true })
        await a.holds('q', 1)
      },
    },
    'queues that expire begin anew': {
      before: async ({ a }) => {
        await a.queue('q', { 'x-expires': 1000 }, durable)
        await a.queue('long', { 'x-expires': 600_000 }, durable)
      },
      after: async ({ a }) => {
        await a.gone('q')
        await a.count('long')
      },
    },
    'durable exchanges stay': {
      before: async ({ a }) => {
        for (const type of ['direct', 'fanout', 'topic', 'headers']) {
          await a.exchange(`${type}.durable`, type, {}, durable)
          await a.exchange(`${type}.transient`, type)
        }
        await a.exchange('internal', 'fanout', {}, { durable: true, internal: true })
      },
      after: async ({ a, a2 }) => {
        for (const type of ['direct', 'fanout', 'topic', 'headers']) {
          await a.exchange(`${type}.durable`, type, {}, durable)
          await a.exchange(`${type}.transient`, type, {}, { passive: true })
        }
        await a.publish('internal', '', 'one')
        await a.receive()
        await a2.exchange('direct.durable', 'fanout', {}, durable)
      },
    },
    'auto-delete exchanges': {
      before: async ({ a }) => {
        await a.exchange('unused', 'fanout', {}, { durable: true, autoDelete: true })
        await a.exchange('used', 'fanout', {}, { durable: true, autoDelete: true })
        await a.queue('durable', {}, durable)
        await a.bind('durable', 'used')
        await a.exchange('used by one who goes', 'fanout', {}, { durable: true, autoDelete: true })
        await a.queue('transient')
        await a.bind('transient', 'used by one who goes')
      },
      after: async ({ a }) => {
        for (const exchange of ['unused', 'used', 'used by one who goes']) {
          await a.exchange(exchange, 'fanout', {}, { passive: true })
        }
        await a.call(QUEUE_UNBIND, { queue: 'durable', exchange: 'used' })
        await a.exchange('used', 'fanout', {}, { passive: true })
      },
    },
    'bindings of a direct exchange': keepsBinding('direct', 'k', {}, { key: 'k' }, { key: 'l' }),
    'bindings of a fanout exchange': keepsBinding('fanout', 'k', {}, { key: 'l' }),
    'bindings of a topic exchange': keepsBinding(
      'topic',
      'a.*.#',
      {},
      { key: 'a.b.c' },
      { key: 'a' },
    ),
    'bindings of a headers exchange': keepsBinding(
      'headers',
      '',
      { 'x-match': 'all', colour: 'red', size: 5 },
      { headers: { colour: 'red', size: 5, more: true } },
      { headers: { colour: 'red' } },
    ),
    'bindings that differ in arguments only': {
      before: async ({ a }) => {
        await a.queue('q', {}, durable)
        await a.bind('q', 'amq.headers', 'k', { 'x-match': 'any', one: 1 })
        await a.bind('q', 'amq.headers', 'k', { 'x-match': 'any', two: 2 })
        await a.bind('q', 'amq.headers', 'k', { 'x-match': 'any', three: 3 })
        await a.call(QUEUE_UNBIND, { queue: 'q', exchange: 'amq.headers', routingKey: 'k' })
      },
      after: async ({ a }) => {
        await a.publish('amq.headers', '', 'one', { headers: { one: 1 } })
        await a.publish('amq.headers', '', 'two', { headers: { two: 2 } })
        await a.holds('q', 2)
      },
    },
    'bindings between exchanges': {
      before: async ({ a }) => {
        await a.exchange('first', 'topic', {}, durable)
        await a.exchange('second', 'direct', {}, durable)
        await a.queue('q', {}, durable)
        await a.bindExchange('second', 'first', '#')
        await a.bindExchange('second', 'amq.fanout')
        await a.call(EXCHANGE_UNBIND, { destination: 'second', source: 'amq.fanout' })
        await a.bind('q', 'second', 'k')
      },
      after: async ({ a }) => {
        await a.publish('first', 'k', 'one', {}, { mandatory: true })
        await a.quiet()
        await a.publish('amq.fanout', 'k', 'two', {}, { mandatory: true })
        await a.quiet()
        await a.drain('q')
        await a.removeExchange('first', { ifUnused: true })
      },
    },
    'bindings with a transient end go': {
      before: async ({ a }) => {
        await a.exchange('transient', 'fanout')
        await a.queue('durable', {}, durable)
        await a.queue('gone')
        await a.bind('durable', 'transient')
        await a.bind('gone', 'amq.fanout')
        await a.call(EXCHANGE_BIND, { destination: 'transient', source: 'amq.direct' })
      },
      after: async ({ a }) => {
        await a.exchange('transient', 'fanout')
        await a.queue('gone')
        for (const exchange of ['transient', 'amq.fanout', 'amq.direct']) {
          await a.publish(exchange, '', exchange, {}, { mandatory: true })
          await a.quiet()
        }
      },
    },
    'bindings that were taken off stay away': {
      before: async ({ a }) => {
        await a.queue('q', {}, durable)
        await a.bind('q', 'amq.direct', 'one')
        await a.bind('q', 'amq.direct', 'two')
        await a.call(QUEUE_UNBIND, { queue: 'q', exchange: 'amq.direct', routingKey: 'one' })
      },
      after: async ({ a }) => {
        for (const key of ['one', 'two', 'q']) {
          await a.publish('amq.direct', key, key, {}, { mandatory: true })
          await a.quiet()
        }
      },
    },
    'alternate exchanges': {
      before: async ({ a }) => {
        await a.exchange('rest', 'fanout', {}, durable)
        await a.exchange('x', 'direct', { 'alternate-exchange': 'rest' }, durable)
        await a.queue('q', {}, durable)
        await a.bind('q', 'rest')
      },
      after: async ({ a }) => {
        await a.publish('x', 'k', 'one', {}, { mandatory: true })
        await a.quiet()
        await a.drain('q')
        await a.exchange('x', 'direct', { 'alternate-exchange': 'other' }, durable)
      },
    },
    'an exchange that hashes': {
      before: async ({ a }) => {
        await a.exchange('x', 'x-consistent-hash', { 'hash-header': 'h' }, durable)
        await a.queue('q', {}, durable)
        await a.bind('q', 'x', '5')
      },
      after: async ({ a }) => {
        await a.publish('x', 'k', 'one', { headers: { h: '1' } }, { mandatory: true })
        await a.quiet()
        await a.drain('q')
      },
    },
    'the history of an exchange': {
      before: async ({ a }) => {
        await a.exchange('x', 'x-recent-history', { 'x-recent-history-length': 2 }, durable)
        await a.confirmSelect()
        for (const body of ['one', 'two', 'three']) {
          await a.publish('x', 'k', body, { deliveryMode: 2 })
          await a.confirmed()
        }
      },
      after: async ({ a }) => {
        await a.exchange('x', 'x-recent-history', { 'x-recent-history-length': 2 }, durable)
        await a.queue('q')
        await a.bind('q', 'x')
        await a.publish('x', 'k', 'four')
        await a.quiet()
        await a.drain('q')
      },
    },
    policies: {
      before: async ({ a, administration }) => {
        await administration.setPolicy('p', { pattern: '^q', definition: { 'max-length': 3 } })
        await administration.setPolicy('gone', {
          pattern: '^q',
          definition: { 'max-length': 1 },
          priority: 5,
        })
        await administration.setOperatorPolicy('o', {
          pattern: '^q2',
          definition: { 'max-length': 2 },
          applyTo: 'queues',
        })
        await a.queue('q1', {}, durable)
        await administration.deletePolicy('gone')
      },
      after: async ({ a }) => {
        await a.queue('q2', {}, durable)
        await a.put('q1', '1', '2', '3', '4')
        await a.put('q2', '1', '2', '3', '4')
        await a.holds('q1', 3)
        await a.holds('q2', 2)
      },
    },
    'users and permissions': {
      before: addUser,
      after: async (stage) => {
        const user = `user-${stage.virtualHost}`
        stage.connection('b', { user, password: 'secret' })
        const { b } = stage
        await b.queue('mine', {}, durable)
        await b.queue('foreign', {}, durable)
        await b.publish('amq.topic', 'mine.1', 'one')
        await b.publish('amq.topic', 'foreign.1', 'two')
        await b.receive()
      },
    },
    limits: {
      before: async ({ a, administration }) => {
        await a.queue('q', {}, durable)
        await a.queue('transient')
        await administration.setLimit('max-queues', 2)
        await administration.setLimit('max-connections', 1)
      },
      after: async ({ a, b }) => {
        await a.queue('q2', {}, durable)
        await a.queue('q3', {}, durable)
        await b.open()
      },
    },
    'what clients are told': {
      before: async ({ a, b }) => {
        await a.queue('q')
        await b.queue('q2', {}, { exclusive: true })
        await b.consume('q2')
      },
      meanwhile: async ({ a, b }) => {
        await a.next('connection.close')
        await b.next('connection.close')
      },
      after: async ({ a }) => {
        await a.count('q')
      },
    },
  },
}
