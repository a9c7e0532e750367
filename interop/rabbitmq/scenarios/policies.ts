// What an administrator sets for queues and exchanges, while they are in use.

import type { Topic } from '../stage/stage.ts'

export const policies: Topic = {
  topic: 'policies',
  scenarios: {
    'a time to live': async ({ a, administration }) => {
      await administration.setPolicy('p', { pattern: '^q', definition: { 'message-ttl': 40 } })
      await a.queue('q')
      await a.put('q', 'one')
      await a.holds('q', 0)
    },
    'a time to live is for messages to come': async (stage) => {
      const { a, administration } = stage
      await a.queue('q')
      await a.queue('clock', { 'x-message-ttl': 100 })
      await a.put('q', 'one')
      await a.holds('q', 1)
      await administration.setPolicy('p', { pattern: '^q', definition: { 'message-ttl': 40 } })
      await a.put('q', 'two')
      await a.put('clock', 'tick')
      await a.holds('clock', 0)
      // Whether the second comes with it is open: RabbitMQ may not have got to it.
      const [first] = await a.collect('q')
      stage.note(`the first: ${first}`)
      await a.holds('q', 0)
    },
    'the lower of policy and argument counts': async ({ a, administration }) => {
      await administration.setPolicy('p', { pattern: '^q', definition: { 'max-length': 2 } })
      await a.queue('q1', { 'x-max-length': 1 })
      await a.queue('q2', { 'x-max-length': 5 })
      for (const queue of ['q1', 'q2']) await a.put(queue, '1', '2', '3')
      await a.holds('q1', 1)
      await a.holds('q2', 2)
    },
    'of texts the argument counts': async ({ a, administration }) => {
      await a.queue('one')
      await a.queue('two')
      await administration.setPolicy('p', {
        pattern: '^q',
        definition: { 'dead-letter-exchange': '', 'dead-letter-routing-key': 'one' },
      })
      await a.queue('q', { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'two' })
      await a.put('q', '1')
      await a.get('q')
      await a.reject(1)
      await a.holds('two', 1)
      await a.count('one')
    },
    'dead letters': async ({ a, administration }) => {
      await a.queue('dead')
      await a.queue('q')
      await administration.setPolicy('p', {
        pattern: '^q$',
        definition: { 'dead-letter-exchange': '', 'dead-letter-routing-key': 'dead' },
      })
      await a.put('q', '1')
      await a.get('q')
      await a.reject(1)
      await a.holds('dead', 1)
      await a.get('dead', true)
    },
    'a length for a queue that is too long': async ({ a, administration }) => {
      await a.queue('q')
      await a.put('q', '1', '2', '3')
      await administration.setPolicy('p', { pattern: '^q', definition: { 'max-length': 1 } })
      await a.holds('q', 1)
      await a.drain('q')
    },
    'an overflow': async ({ a, administration }) => {
      await administration.setPolicy('p', {
        pattern: '^q',
        definition: { 'max-length': 1, overflow: 'reject-publish' },
      })
      await a.queue('q')
      await a.confirmSelect()
      for (const body of ['1', '2']) {
        await a.put('q', body)
        await a.confirmed()
      }
    },
    'expiry of a queue': async ({ a, administration }) => {
      await a.queue('q')
      await administration.setPolicy('p', { pattern: '^q', definition: { expires: 60 } })
      await a.gone('q')
    },
    'an alternate exchange': async ({ a, administration }) => {
      await a.exchange('rest', 'fanout')
      await a.exchange('x', 'direct')
      await a.queue('q')
      await a.bind('q', 'rest')
      await administration.setPolicy('p', {
        pattern: '^x',
        definition: { 'alternate-exchange': 'rest' },
        applyTo: 'exchanges',
      })
      await a.publish('x', 'k', 'one', {}, { mandatory: true })
      await a.get('q', true)
    },
    'the alternate exchange of the argument counts': async ({ a, administration }) => {
      await administration.setPolicy('p', {
        pattern: '^x',
        definition: { 'alternate-exchange': 'nowhere' },
      })
      await a.exchange('x', 'direct', { 'alternate-exchange': 'amq.fanout' })
      await a.queue('q')
      await a.bind('q', 'amq.fanout')
      await a.publish('x', 'k', 'one', {}, { mandatory: true })
      await a.get('q', true)
    },
    'the highest priority counts, alone': async ({ a, administration }) => {
      await administration.setPolicy('low', {
        pattern: '.*',
        definition: { 'max-length': 1, 'message-ttl': 40 },
        priority: 1,
      })
      await administration.setPolicy('high', {
        pattern: '^q',
        definition: { 'max-length': 2 },
        priority: 2,
      })
      await a.queue('q')
      await a.put('q', '1', '2', '3')
      await a.holds('q', 2)
      await administration.deletePolicy('high')
      await a.holds('q', 1)
    },
    'what is for exchanges is not for queues': async ({ a, administration }) => {
      await administration.setPolicy('p', {
        pattern: '^q',
        definition: { 'alternate-exchange': 'x' },
        applyTo: 'exchanges',
        priority: 5,
      })
      await administration.setPolicy('o', {
        pattern: '^q',
        definition: { 'max-length': 1 },
        applyTo: 'queues',
      })
      await a.queue('q')
      await a.put('q', '1', '2')
      await a.holds('q', 1)
    },
    'what does not match does not count': async ({ a, administration }) => {
      await administration.setPolicy('p', { pattern: '^x', definition: { 'max-length': 1 } })
      await a.queue('q')
      await a.put('q', '1', '2')
      await a.holds('q', 2)
    },
    'a policy that is gone does not count': async ({ a, administration }) => {
      await administration.setPolicy('p', { pattern: '^q', definition: { 'max-length': 1 } })
      await a.queue('q')
      await a.put('q', '1', '2')
      await a.holds('q', 1)
      await administration.deletePolicy('p')
      await a.put('q', '3', '4')
      await a.holds('q', 3)
    },
    'an operator can only lower': async ({ a, administration }) => {
      await administration.setPolicy('p', { pattern: '^q', definition: { 'max-length': 3 } })
      await administration.setOperatorPolicy('o', {
        pattern: '^q',
        definition: { 'max-length': 2, 'message-ttl': 600_000 },
        applyTo: 'queues',
      })
      await a.queue('q')
      await a.put('q', '1', '2', '3', '4')
      await a.holds('q', 2)
      await administration.setOperatorPolicy('o', {
        pattern: '^q',
        definition: { 'max-length': 5 },
        applyTo: 'queues',
      })
      await a.put('q', '5', '6')
      await a.holds('q', 3)
    },
    'an operator alone': async ({ a, administration }) => {
      await administration.setOperatorPolicy('o', {
        pattern: '^q',
        definition: { 'max-length': 1 },
        applyTo: 'queues',
      })
      await a.queue('q')
      await a.put('q', '1', '2')
      await a.holds('q', 1)
      await administration.deleteOperatorPolicy('o')
      await a.put('q', '3')
      await a.holds('q', 2)
    },
    'a delivery limit': async ({ a, a2, administration }) => {
      await administration.setPolicy('p', { pattern: '^q', definition: { 'delivery-limit': 1 } })
      await a.queue('q', { 'x-queue-type': 'quorum' }, { durable: true })
      await a.put('q', 'one')
      await a.holds('q', 1)
      await a2.get('q')
      await a2.nack(1, { requeue: true })
      await a.holds('q', 1)
      await a2.get('q')
      await a2.nack(2, { requeue: true })
      await a.holds('q', 0)
    },
    'policies do not make queues differ': async ({ a, administration }) => {
      await a.queue('q')
      await administration.setPolicy('p', { pattern: '^q', definition: { 'max-length': 1 } })
      await a.queue('q')
      await a.queue('q', { 'x-max-length': 1 })
    },
  },
}
