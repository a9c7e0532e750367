// Where messages go that a queue gives up, and what is written on them.

import { TX_COMMIT, TX_SELECT } from 'amqp-codec'
import type { Channel, Properties, Table } from '../stage/channel.ts'
import type { Topic } from '../stage/stage.ts'

const toDead = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' }

/** Rejects the first message of `q`. */
async function rejectFirst(a: Channel, tag = 1): Promise<void> {
  await a.get('q')
  await a.reject(tag)
}

async function queues(a: Channel, args: Table = toDead): Promise<void> {
  await a.queue('dead')
  await a.queue('q', args)
}

async function showDead(a: Channel, count = 1): Promise<void> {
  await a.holds('dead', count)
  await a.drain('dead')
}

/** Everything that a client can say of a message. */
const everything: Properties = {
  contentType: 'text/plain',
  headers: { mine: 1 },
  deliveryMode: 2,
  priority: 4,
  correlationId: 'c',
  replyTo: 'r',
  expiration: '600000',
  messageId: 'm',
  timestamp: 1_000_000_000n,
  type: 't',
  userId: 'guest',
  appId: 'a',
}

export const deadLettering: Topic = {
  topic: 'dead-lettering',
  scenarios: {
    rejected: async ({ a, a2 }) => {
      await queues(a)
      await a.put('q', 'one')
      await rejectFirst(a)
      await showDead(a2)
    },
    'expired by the queue': async ({ a, a2 }) => {
      await queues(a, { ...toDead, 'x-message-ttl': 40 })
      await a.put('q', 'one')
      await showDead(a2)
    },
    'expired by its own time, which is taken off': async ({ a, a2 }) => {
      await queues(a)
      await a.publish('', 'q', 'one', { expiration: '40' })
      await showDead(a2)
    },
    'expired with all it had': async ({ a, a2 }) => {
      await queues(a)
      await a.publish('', 'q', 'one', { ...everything, expiration: '40' })
      await showDead(a2)
    },
    'rejected with all it had': async ({ a, a2 }) => {
      await queues(a)
      await a.publish('', 'q', 'one', everything)
      await rejectFirst(a)
      await showDead(a2)
    },
    'too many': async ({ a, a2 }) => {
      await queues(a, { ...toDead, 'x-max-length': 1 })
      await a.put('q', 'one', 'two')
      await showDead(a2)
    },
    'several at once keep their order': async ({ a, a2 }) => {
      await queues(a)
      await a.put('q', 'one', 'two', 'three')
      for (let count = 0; count < 3; count++) await a.get('q')
      await a.nack(3, { multiple: true })
      await showDead(a2, 3)
    },
    'what is put back is not dead': async ({ a, a2 }) => {
      await queues(a)
      await a.put('q', 'one')
      await a.get('q')
      await a.reject(1, true)
      await a.quiet()
      await a2.count('dead')
    },
    'purged and deleted are not dead': async ({ a, a2 }) => {
      await queues(a)
      await a.put('q', 'one', 'two')
      await a.holds('q', 2)
      await a.purge('q')
      await a.put('q', 'three')
      await a.holds('q', 1)
      await a.remove('q')
      await a2.count('dead')
    },
    'by its own key when there is no other': async ({ a, a2 }) => {
      await a.exchange('graves', 'topic')
      await a.queue('dead')
      await a.bind('dead', 'graves', 'k.#')
      await a.queue('q', { 'x-dead-letter-exchange': 'graves' })
      await a.bind('q', 'amq.topic', 'k.*')
      await a.publish('amq.topic', 'k.one', 'one')
      await rejectFirst(a)
      await showDead(a2)
    },
    'by its own keys, those of CC as well': async ({ a, a2 }) => {
      await a.exchange('graves', 'direct')
      for (const queue of ['dead', 'dead2', 'dead3']) await a.queue(queue)
      await a.bind('dead', 'graves', 'q')
      await a.bind('dead2', 'graves', 'k2')
      await a.bind('dead3', 'graves', 'k3')
      await a.queue('q', { 'x-dead-letter-exchange': 'graves' })
      await a.publish('', 'q', 'one', { headers: { CC: ['k2'], BCC: ['k3'] } })
      await rejectFirst(a)
      await showDead(a2)
      await a2.drain('dead2')
      await a2.drain('dead3')
    },
    'another key takes CC off': async ({ a, a2 }) => {
      await queues(a)
      await a.queue('other')
      await a.publish('', 'q', 'one', { headers: { CC: ['other'], mine: 1 } })
      await rejectFirst(a)
      await showDead(a2)
      await a2.drain('other')
    },
    'an exchange that is not there loses it': async ({ a }) => {
      await a.queue('q', { 'x-dead-letter-exchange': 'nowhere' })
      await a.put('q', 'one')
      await rejectFirst(a)
      await a.holds('q', 0)
    },
    'an exchange that knows no queue loses it': async ({ a }) => {
      await a.queue('q', { 'x-dead-letter-exchange': 'amq.direct' })
      await a.put('q', 'one')
      await rejectFirst(a)
      await a.holds('q', 0)
    },
    'through exchanges behind exchanges, and alternate ones': async ({ a, a2 }) => {
      await a.exchange('rest', 'fanout')
      await a.exchange('graves', 'direct', { 'alternate-exchange': 'rest' })
      await a.queue('dead')
      await a.bind('dead', 'rest')
      await a.queue('q', { 'x-dead-letter-exchange': 'graves' })
      await a.put('q', 'one')
      await rejectFirst(a)
      await showDead(a2)
    },
    'to several queues': async ({ a, a2 }) => {
      await a.queue('dead')
      await a.queue('dead2')
      for (const queue of ['dead', 'dead2']) await a.bind(queue, 'amq.fanout')
      await a.queue('q', { 'x-dead-letter-exchange': 'amq.fanout' })
      await a.put('q', 'one')
      await rejectFirst(a)
      await showDead(a2)
      await a2.drain('dead2')
    },
    'to an internal exchange': async ({ a, a2 }) => {
      await a.exchange('graves', 'fanout', {}, { internal: true })
      await a.queue('dead')
      await a.bind('dead', 'graves')
      await a.queue('q', { 'x-dead-letter-exchange': 'graves' })
      await a.put('q', 'one')
      await rejectFirst(a)
      await showDead(a2)
    },
    'with a transaction': async ({ a, a2 }) => {
      await queues(a)
      await a.put('q', 'one')
      await a.holds('q', 1)
      await a.call(TX_SELECT)
      await rejectFirst(a)
      await a2.count('dead')
      await a.call(TX_COMMIT)
      await showDead(a2)
    },
    'a full queue of dead letters drops its own': async ({ a, a2 }) => {
      await a.queue('dead', { 'x-max-length': 1 })
      await a.queue('q', { ...toDead, 'x-message-ttl': 40 })
      await a.put('q', 'one', 'two')
      await a.holds('q', 0)
      await showDead(a2)
    },
    'a queue of dead letters that refuses loses them': async ({ a, a2 }) => {
      await a.queue('dead', { 'x-max-length': 1, 'x-overflow': 'reject-publish' })
      await a.queue('q', toDead)
      await a.put('q', 'one', 'two')
      await rejectFirst(a)
      await a2.holds('dead', 1)
      await rejectFirst(a, 2)
      await a.holds('q', 0)
      await showDead(a2)
    },
    'a consumer of dead letters gets them': async ({ a, a2 }) => {
      await queues(a)
      await a2.consume('dead')
      await a.put('q', 'one')
      await rejectFirst(a)
      await a2.receive()
    },
    'when a consumer rejects': async ({ a, a2 }) => {
      await queues(a)
      await a2.consume('q')
      await a.put('q', 'one', 'two')
      await a2.receive(2)
      await a2.nack(2)
      await a2.reject(1)
      await showDead(a, 2)
    },
  },
}
