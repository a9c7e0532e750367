// queue.delete and queue.purge.

import { QUEUE_DELETE, QUEUE_PURGE } from 'amqp-codec'
import type { Topic } from '../stage/stage.ts'

export const deleting: Topic = {
  topic: 'queue.delete and queue.purge',
  scenarios: {
    'tells how many messages are gone': async ({ a }) => {
      await a.queue('q')
      await a.put('q', 'one', 'two')
      await a.holds('q', 2)
      await a.remove('q')
      await a.count('q')
    },
    'a queue that is not there is fine': async ({ a }) => {
      await a.remove('q')
      await a.remove('q', { ifUnused: true, ifEmpty: true })
    },
    'if empty': async ({ a }) => {
      await a.queue('q')
      await a.put('q', 'one')
      await a.holds('q', 1)
      await a.remove('q', { ifEmpty: true })
      await a.purge('q')
      await a.remove('q', { ifEmpty: true })
    },
    'if empty looks at what is ready only': async ({ a, a2 }) => {
      await a.queue('q')
      await a2.put('q', 'one')
      await a2.holds('q', 1)
      await a.get('q')
      await a2.remove('q', { ifEmpty: true })
    },
    'if unused': async ({ a, a2 }) => {
      await a.queue('q')
      await a.consume('q')
      await a2.remove('q', { ifUnused: true })
      await a.cancel()
      await a2.remove('q', { ifUnused: true })
    },
    'both conditions': async ({ a, a2 }) => {
      await a.queue('q')
      await a.consume('q')
      await a2.remove('q', { ifUnused: true, ifEmpty: true })
      await a.cancel()
      await a.put('q', 'one')
      await a.holds('q', 1)
      await a2.remove('q', { ifUnused: true, ifEmpty: true })
    },
    'without waiting': async ({ a }) => {
      await a.queue('q')
      await a.send(QUEUE_DELETE, { queue: 'q', nowait: true })
      await a.count('q')
      await a.queue('p')
      await a.consume('p')
      await a.send(QUEUE_DELETE, { queue: 'p', ifUnused: true, nowait: true })
      await a.receive()
    },
    'purge leaves what is unacknowledged': async ({ a }) => {
      await a.queue('q')
      await a.put('q', 'one', 'two', 'three')
      await a.holds('q', 3)
      await a.get('q')
      await a.purge('q')
      await a.reject(1, true)
      await a.holds('q', 1)
    },
    'purge needs the queue': async ({ a }) => {
      await a.purge('q')
    },
    'purge without waiting': async ({ a }) => {
      await a.queue('q')
      await a.put('q', 'one')
      await a.holds('q', 1)
      await a.send(QUEUE_PURGE, { queue: 'q', nowait: true })
      await a.holds('q', 0)
    },
    'tags of a queue that is gone can be acknowledged': async ({ a }) => {
      await a.queue('q')
      await a.put('q', 'one')
      await a.get('q')
      await a.remove('q')
      await a.ack(1)
      await a.quiet()
    },
  },
}
