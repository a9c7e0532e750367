// queue.declare: names, flags, and what a second declaration may say.

import { QUEUE_DECLARE, QUEUE_UNBIND } from 'amqp-codec'
import type { Topic } from '../stage/stage.ts'

export const queueDeclare: Topic = {
  topic: 'queue.declare',
  scenarios: {
    'answers with the name and both counts': async ({ a }) => {
      await a.queue('q')
      await a.put('q', 'one', 'two')
      await a.consume('q')
      await a.receive(2)
      await a.count('q')
    },
    'makes up a name for a queue without one': async ({ a }) => {
      const name = await a.queue('')
      await a.queue(name, {}, { passive: true })
      await a.queue('', {}, { passive: true })
    },
    'may be repeated as it was': async ({ a }) => {
      await a.queue('q', { 'x-max-length': 5 }, { durable: true })
      await a.queue('q', { 'x-max-length': 5 }, { durable: true })
    },
    'passively needs the queue': async ({ a }) => {
      await a.count('q')
      await a.queue('q')
      await a.queue('q', { 'x-max-length': 5 }, { passive: true, durable: true, autoDelete: true })
    },
    'compares durable': async ({ a }) => {
      await a.queue('q')
      await a.queue('q', {}, { durable: true })
      await a.queue('p', {}, { durable: true })
      await a.queue('p')
    },
    'compares auto-delete': async ({ a }) => {
      await a.queue('q')
      await a.queue('q', {}, { autoDelete: true })
      await a.queue('p', {}, { autoDelete: true })
      await a.queue('p')
    },
    'compares exclusive': async ({ a }) => {
      await a.queue('q')
      await a.queue('q', {}, { exclusive: true })
      await a.queue('p', {}, { exclusive: true })
      await a.queue('p')
      await a.queue('p', {}, { exclusive: true, durable: true })
    },
    "refuses names that begin as the broker's own": async ({ a }) => {
      await a.queue('amq.mine')
      const name = await a.queue('')
      await a.queue(name)
      await a.count('amq.mine')
    },
    'without waiting says nothing': async ({ a }) => {
      await a.send(QUEUE_DECLARE, { queue: 'q', nowait: true })
      await a.count('q')
    },
    'without waiting complains none the less': async ({ a }) => {
      await a.queue('q')
      await a.send(QUEUE_DECLARE, { queue: 'q', durable: true, nowait: true })
      await a.receive()
    },
    'strips line ends from a name': async ({ a }) => {
      await a.queue('q\r\n')
      await a.count('q')
    },
    'keeps a name of 255 octets and of any letters': async ({ a }) => {
      await a.queue('ß'.repeat(127))
      await a.count('ß'.repeat(127))
    },
    'names the queue for the methods that follow': async ({ a, b }) => {
      await b.queue('')
      await a.queue('q')
      await a.queue('', {}, { passive: true })
      await a.put('', 'nowhere')
      await a.put('q', 'one')
      await a.get('')
      await a.bind('', 'amq.direct', 'k')
      await a.purge('')
      await a.consume('')
      await a.remove('')
    },
    'a channel without a declared queue has none to mean': async ({ a }) => {
      await a.get('')
      await a.consume('')
      await a.bind('', 'amq.direct', 'k')
      await a.purge('')
      await a.remove('')
      await a.call(QUEUE_UNBIND, { exchange: 'amq.direct' })
    },
  },
}
