// exchange.declare and exchange.delete.

import { EXCHANGE_DECLARE, EXCHANGE_DELETE, QUEUE_UNBIND } from 'amqp-codec'
import type { Topic } from '../stage/stage.ts'

const passive = { passive: true }

export const exchanges: Topic = {
  topic: 'exchanges',
  scenarios: {
    'of four types can be declared, and again': async ({ a }) => {
      for (const type of ['direct', 'fanout', 'topic', 'headers']) {
        await a.exchange(`x.${type}`, type)
        await a.exchange(`x.${type}`, type)
        await a.exchange(`x.${type}`, '', {}, passive)
      }
    },
    'of a type that nobody knows are refused': async ({ a }) => {
      await a.exchange('x', 'round-robin')
    },
    'of no type are refused': async ({ a }) => {
      await a.exchange('x', '')
    },
    'passively declared must be there': async ({ a }) => {
      await a.exchange('x', 'direct', {}, passive)
      await a.exchange('x', 'direct')
      await a.exchange('x', 'fanout', {}, { passive: true, durable: true })
      await a.exchange('x', 'nonsense', {}, passive)
    },
    'are compared by type': async ({ a }) => {
      await a.exchange('x', 'direct')
      await a.exchange('x', 'topic')
    },
    'are compared by durable': async ({ a }) => {
      await a.exchange('x', 'direct')
      await a.exchange('x', 'direct', {}, { durable: true })
    },
    'are compared by auto-delete': async ({ a }) => {
      await a.exchange('x', 'direct', {}, { autoDelete: true })
      await a.exchange('x', 'direct')
    },
    'are compared by internal': async ({ a }) => {
      await a.exchange('x', 'direct')
      await a.exchange('x', 'direct', {}, { internal: true })
    },
    'are compared by alternate-exchange and by no other argument': async ({ a }) => {
      await a.exchange('x', 'direct', { 'alternate-exchange': 'y', 'x-mine': 1 })
      await a.exchange('x', 'direct', { 'alternate-exchange': 'y', 'x-mine': 2 })
      await a.exchange('x', 'direct', { 'alternate-exchange': 'z' })
      await a.exchange('x', 'direct')
      await a.exchange('w', 'direct')
      await a.exchange('w', 'direct', { 'alternate-exchange': 'z' })
    },
    'alternate-exchange must be a text': async ({ a }) => {
      await a.exchange('x', 'direct', { 'alternate-exchange': 1 })
      await a.exchange('x', 'direct', {}, passive)
    },
    'the predeclared ones are there': async ({ a }) => {
      await a.exchange('amq.direct', 'direct', {}, { durable: true })
      await a.exchange('amq.fanout', 'fanout', {}, { durable: true })
      await a.exchange('amq.topic', 'topic', {}, { durable: true })
      await a.exchange('amq.headers', 'headers', {}, { durable: true })
      await a.exchange('amq.match', 'headers', {}, { durable: true })
      await a.exchange('amq.rabbitmq.trace', 'topic', {}, { durable: true, internal: true })
      await a.exchange('amq.direct', 'direct')
    },
    "names that begin as the broker's own are refused": async ({ a }) => {
      await a.exchange('amq.mine', 'direct')
      await a.exchange('amq.mine', 'direct', {}, passive)
    },
    'the default exchange cannot be declared or deleted': async ({ a }) => {
      await a.exchange('', 'direct', {}, { durable: true })
      await a.exchange('', 'direct', {}, passive)
      await a.removeExchange('')
    },
    'the predeclared ones cannot be deleted': async ({ a }) => {
      await a.removeExchange('amq.direct')
      await a.removeExchange('amq.rabbitmq.trace')
      await a.removeExchange('amq.unknown')
    },
    'deleting one that is not there is fine': async ({ a }) => {
      await a.removeExchange('x')
      await a.removeExchange('x', { ifUnused: true })
    },
    'deleting if unused': async ({ a }) => {
      await a.exchange('x', 'direct')
      await a.queue('q')
      await a.bind('q', 'x', 'k')
      await a.removeExchange('x', { ifUnused: true })
      await a.call(QUEUE_UNBIND, { queue: 'q', exchange: 'x', routingKey: 'k' })
      await a.removeExchange('x', { ifUnused: true })
      await a.exchange('x', 'direct', {}, passive)
    },
    'deleting if unused looks at bindings from it, not to it': async ({ a }) => {
      await a.exchange('x', 'direct')
      await a.bindExchange('x', 'amq.fanout')
      await a.removeExchange('x', { ifUnused: true })
      await a.exchange('x', 'direct', {}, passive)
    },
    'auto-delete goes with its last binding': async ({ a }) => {
      await a.exchange('x', 'direct', {}, { autoDelete: true })
      await a.queue('q')
      await a.bind('q', 'x', 'k')
      await a.bind('q', 'x', 'l')
      await a.call(QUEUE_UNBIND, { queue: 'q', exchange: 'x', routingKey: 'k' })
      await a.exchange('x', 'direct', {}, passive)
      await a.call(QUEUE_UNBIND, { queue: 'q', exchange: 'x', routingKey: 'l' })
      await a.exchange('x', 'direct', {}, passive)
    },
    'auto-delete goes with the last queue': async ({ a }) => {
      await a.exchange('x', 'direct', {}, { autoDelete: true })
      await a.exchange('y', 'fanout', {}, { autoDelete: true })
      await a.queue('q')
      await a.bindExchange('x', 'y')
      await a.bind('q', 'x', 'k')
      await a.remove('q')
      await a.exchange('x', 'direct', {}, passive)
      await a.exchange('y', 'direct', {}, passive)
    },
    'without waiting': async ({ a }) => {
      await a.send(EXCHANGE_DECLARE, { exchange: 'x', type: 'direct', nowait: true })
      await a.exchange('x', 'direct', {}, passive)
      await a.send(EXCHANGE_DELETE, { exchange: 'x', nowait: true })
      await a.exchange('x', 'direct', {}, passive)
      await a.send(EXCHANGE_DECLARE, { exchange: 'amq.x', type: 'direct', nowait: true })
      await a.receive()
    },
    'internal ones refuse publishes, not bindings': async ({ a }) => {
      await a.exchange('in', 'fanout', {}, { internal: true })
      await a.exchange('x', 'fanout')
      await a.queue('q')
      await a.bindExchange('in', 'x')
      await a.bind('q', 'in')
      await a.publish('x', 'k', 'one')
      await a.get('q', true)
      await a.publish('in', 'k', 'two')
      await a.receive()
    },
    'line ends are stripped from names': async ({ a }) => {
      await a.exchange('x\r\n', 'direct')
      await a.exchange('x', 'direct', {}, passive)
    },
  },
}
