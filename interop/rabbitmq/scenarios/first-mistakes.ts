// Requests that are wrong in more than one way: which mistake a broker names.

import { BASIC_CONSUME, QUEUE_BIND, QUEUE_DECLARE, QUEUE_DELETE } from 'amqp-codec'
import type { Topic } from '../stage/stage.ts'

export const firstMistakes: Topic = {
  topic: 'first mistakes',
  scenarios: {
    'queue.declare: of another connection, and otherwise': async ({ a, b }) => {
      await a.queue('q', {}, { exclusive: true })
      await b.queue('q', { 'x-max-length': 5 }, { durable: true, autoDelete: true })
    },
    'queue.declare: durable, auto-delete and an argument': async ({ a }) => {
      await a.queue('q')
      await a.queue('q', { 'x-max-length': 5 }, { durable: true, autoDelete: true })
      await a.queue('q', { 'x-max-length': 5 }, { autoDelete: true })
      await a.queue('q', { 'x-max-length': 5, 'x-expires': 60_000 })
    },
    'queue.declare: a reserved name, and a wrong argument': async ({ a }) => {
      await a.queue('amq.mine', { 'x-message-ttl': -1 })
    },
    'queue.declare: a wrong argument for a queue that is there': async ({ a }) => {
      await a.queue('q')
      await a.queue('q', { 'x-message-ttl': -1 })
      await a.queue('q', { 'x-dead-letter-exchange': 5 })
    },
    'queue.declare: passive, and of another kind': async ({ a }) => {
      await a.queue('q')
      await a.queue('q', { 'x-max-length': 5 }, { passive: true, durable: true })
    },
    'queue.declare: passive, of a reserved name': async ({ a }) => {
      await a.call(QUEUE_DECLARE, { queue: 'amq.nothing', passive: true })
    },
    'exchange.declare: a reserved name, and wrong arguments': async ({ a }) => {
      await a.exchange('amq.mine', 'direct', { 'alternate-exchange': 5 })
      await a.exchange('', 'direct')
      await a.exchange('amq.direct', 'fanout')
    },
    'queue.bind: the default exchange, and no queue': async ({ a }) => {
      await a.bind('nothing', '')
      await a.bind('nothing', 'nowhere')
      await a.call(QUEUE_BIND, { exchange: 'nowhere' })
    },
    'queue.bind: of another connection, to nowhere': async ({ a, b }) => {
      await a.queue('q', {}, { exclusive: true })
      await b.bind('q', 'nowhere')
      await b.bind('q', 'amq.headers', '', { 'x-match': 5 })
    },
    'queue.delete: in use and not empty': async ({ a, a2 }) => {
      await a.queue('q')
      await a.put('q', 'one')
      await a.holds('q', 1)
      await a2.prefetch(1)
      await a2.consume('q')
      await a2.receive()
      await a.put('q', 'two')
      await a.holds('q', 1)
      await a.remove('q', { ifUnused: true, ifEmpty: true })
    },
    'queue.delete: of another connection, if unused': async ({ a, b }) => {
      await a.queue('q', {}, { exclusive: true })
      await a.consume('q')
      await b.call(QUEUE_DELETE, { queue: 'q', ifUnused: true })
    },
    'exchange.delete: predeclared and in use': async ({ a }) => {
      await a.queue('q')
      await a.bind('q', 'amq.direct', 'k')
      await a.removeExchange('amq.direct', { ifUnused: true })
      await a.removeExchange('amq.nothing')
      await a.removeExchange('')
    },
    'basic.consume: a tag that is taken, and no queue': async ({ a }) => {
      await a.queue('q')
      await a.consume('q')
      await a.call(BASIC_CONSUME, { queue: 'nothing', consumerTag: 'c' })
    },
    'basic.consume: of another connection, exclusively': async ({ a, b }) => {
      await a.queue('q', {}, { exclusive: true })
      await a.consume('q')
      await b.consume('q', { exclusive: true })
    },
    'basic.consume: a stream without acknowledgements or prefetch': async ({ a }) => {
      await a.queue('q', { 'x-queue-type': 'stream' }, { durable: true })
      await a.consume('q', { noAck: true })
    },
    'a long name is cut in the text': async ({ a }) => {
      const name = 'n'.repeat(250)
      await a.count(name)
      await a.get(name)
      await a.exchange(name, 'direct', {}, { passive: true })
    },
    'a connection that is closed has lost its exclusive queues': async ({ a, b }) => {
      await b.queue('q', {}, { exclusive: true })
      await b.consume('q')
      await b.consume('q')
      await a.count('q')
    },
    'what follows a mistake is neither done nor confirmed': async ({ a, a2 }) => {
      await a.queue('q')
      await a.confirmSelect()
      await a.put('q', 'one')
      await a.confirmed()
      await a.publish('nowhere', 'k', 'two')
      await a.put('q', 'three')
      await a.receive()
      await a2.drain('q')
    },
  },
}
