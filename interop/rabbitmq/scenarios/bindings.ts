// queue.bind, queue.unbind, exchange.bind, exchange.unbind.

import { EXCHANGE_BIND, EXCHANGE_UNBIND, QUEUE_BIND, QUEUE_UNBIND } from 'amqp-codec'
import type { Topic } from '../stage/stage.ts'

const mandatory = { mandatory: true }

export const bindings: Topic = {
  topic: 'bindings',
  scenarios: {
    'a queue gets what is bound': async ({ a }) => {
      await a.queue('q')
      await a.bind('q', 'amq.direct', 'k')
      await a.publish('amq.direct', 'k', 'one')
      await a.get('q', true)
    },
    'the same binding twice is one': async ({ a }) => {
      await a.queue('q')
      await a.bind('q', 'amq.direct', 'k')
      await a.bind('q', 'amq.direct', 'k')
      await a.publish('amq.direct', 'k', 'one')
      await a.holds('q', 1)
      await a.call(QUEUE_UNBIND, { queue: 'q', exchange: 'amq.direct', routingKey: 'k' })
      await a.publish('amq.direct', 'k', 'two', {}, mandatory)
      await a.receive()
    },
    'two bindings of one queue bring one message': async ({ a }) => {
      await a.queue('q')
      await a.bind('q', 'amq.topic', 'k.*')
      await a.bind('q', 'amq.topic', '*.k')
      await a.publish('amq.topic', 'k.k', 'one')
      await a.holds('q', 1)
    },
    'bindings with different arguments are different': async ({ a }) => {
      await a.queue('q')
      await a.bind('q', 'amq.direct', 'k', { one: 1 })
      await a.bind('q', 'amq.direct', 'k')
      await a.call(QUEUE_UNBIND, { queue: 'q', exchange: 'amq.direct', routingKey: 'k' })
      await a.publish('amq.direct', 'k', 'still', {}, mandatory)
      await a.get('q', true)
    },
    'both ends must be there, the exchange first': async ({ a }) => {
      await a.bind('q', 'x', 'k')
      await a.bind('q', 'amq.direct', 'k')
      await a.queue('q')
      await a.bind('q', 'x', 'k')
    },
    'the default exchange takes no bindings': async ({ a }) => {
      await a.queue('q')
      await a.bind('q', '', 'k')
      await a.call(QUEUE_UNBIND, { queue: 'q', exchange: '', routingKey: 'q' })
      await a.bindExchange('amq.fanout', '', 'k')
      await a.bindExchange('', 'amq.fanout', 'k')
      await a.call(EXCHANGE_UNBIND, { destination: '', source: 'amq.fanout' })
    },
    'unbinding what is not there is fine': async ({ a }) => {
      await a.queue('q')
      await a.call(QUEUE_UNBIND, { queue: 'q', exchange: 'amq.direct', routingKey: 'k' })
      await a.call(QUEUE_UNBIND, { queue: 'p', exchange: 'amq.direct', routingKey: 'k' })
      await a.call(QUEUE_UNBIND, { queue: 'q', exchange: 'x', routingKey: 'k' })
      await a.call(EXCHANGE_UNBIND, { destination: 'amq.fanout', source: 'x' })
      await a.call(EXCHANGE_UNBIND, { destination: 'x', source: 'amq.fanout' })
    },
    'without waiting says nothing': async ({ a }) => {
      await a.queue('q')
      await a.send(QUEUE_BIND, {
        queue: 'q',
        exchange: 'amq.direct',
        routingKey: 'k',
        nowait: true,
      })
      await a.publish('amq.direct', 'k', 'one')
      await a.holds('q', 1)
      await a.send(QUEUE_BIND, { queue: 'q', exchange: 'x', nowait: true })
      await a.receive()
    },
    'no queue named means the last declared, and its name as the key': async ({ a }) => {
      await a.queue('q')
      await a.bind('', 'amq.direct')
      await a.publish('amq.direct', 'q', 'one', {}, mandatory)
      await a.get('', true)
      await a.bind('q', 'amq.direct')
      await a.publish('amq.direct', '', 'two', {}, mandatory)
      await a.get('q', true)
    },
    'exchanges are bound to exchanges': async ({ a }) => {
      await a.exchange('x', 'fanout')
      await a.exchange('y', 'direct')
      await a.queue('q')
      await a.bindExchange('y', 'x', 'any')
      await a.bind('q', 'y', 'k')
      await a.publish('x', 'k', 'one')
      await a.publish('x', 'other', 'two', {}, mandatory)
      await a.receive()
      await a.get('q', true)
      await a.call(EXCHANGE_UNBIND, { destination: 'y', source: 'x', routingKey: 'any' })
      await a.publish('x', 'k', 'three', {}, mandatory)
      await a.receive()
    },
    'exchanges in a circle end': async ({ a }) => {
      await a.exchange('x', 'fanout')
      await a.exchange('y', 'fanout')
      await a.queue('q')
      await a.bindExchange('y', 'x')
      await a.bindExchange('x', 'y')
      await a.bindExchange('x', 'x')
      await a.bind('q', 'y')
      await a.publish('x', 'k', 'one')
      await a.publish('y', 'k', 'two')
      await a.drain('q')
    },
    'several ways to a queue bring one message': async ({ a }) => {
      await a.exchange('x', 'fanout')
      await a.exchange('y', 'fanout')
      await a.exchange('z', 'fanout')
      await a.queue('q')
      await a.bindExchange('y', 'x')
      await a.bindExchange('z', 'x')
      await a.bind('q', 'y')
      await a.bind('q', 'z')
      await a.bind('q', 'x')
      await a.publish('x', 'k', 'one')
      await a.holds('q', 1)
    },
    'binding exchanges needs both, the source first': async ({ a }) => {
      await a.bindExchange('y', 'x')
      await a.bindExchange('y', 'amq.direct')
      await a.bindExchange('amq.direct', 'x')
    },
    'binding exchanges without waiting': async ({ a }) => {
      await a.exchange('x', 'fanout')
      await a.queue('q')
      await a.bind('q', 'amq.fanout')
      await a.send(EXCHANGE_BIND, { destination: 'amq.fanout', source: 'x', nowait: true })
      await a.publish('x', '', 'one', {}, mandatory)
      await a.get('q', true)
    },
    'a queue that goes takes its bindings along': async ({ a }) => {
      await a.queue('q')
      await a.bind('q', 'amq.direct', 'k')
      await a.remove('q')
      await a.queue('q')
      await a.publish('amq.direct', 'k', 'one', {}, mandatory)
      await a.receive()
    },
    'an exchange that goes takes its bindings along': async ({ a }) => {
      await a.queue('q')
      await a.exchange('x', 'direct')
      await a.bind('q', 'x', 'k')
      await a.removeExchange('x')
      await a.exchange('x', 'direct')
      await a.publish('x', 'k', 'one', {}, mandatory)
      await a.receive()
    },
  },
}
