// Queues of one connection, and queues that go with their last consumer.

import { QUEUE_UNBIND } from 'amqp-codec'
import type { Topic } from '../stage/stage.ts'

const exclusive = { exclusive: true }
const autoDelete = { autoDelete: true }

export const exclusiveQueues: Topic = {
  topic: 'exclusive and auto-delete queues',
  scenarios: {
    'other channels of the connection may use it': async ({ a, a2 }) => {
      await a.queue('q', {}, exclusive)
      await a2.queue('q', {}, exclusive)
      await a2.put('q', 'one')
      await a2.get('q')
      await a2.purge('q')
      await a2.remove('q')
    },
    'another connection may not declare it': async ({ a, b }) => {
      await a.queue('q', {}, exclusive)
      await b.queue('q', {}, exclusive)
      await b.queue('q')
      await b.count('q')
    },
    'another connection may not use it': async ({ a, b }) => {
      await a.queue('q', {}, exclusive)
      await b.consume('q')
      await b.get('q')
      await b.purge('q')
      await b.remove('q')
      await b.bind('q', 'amq.direct', 'k')
      await b.call(QUEUE_UNBIND, { queue: 'q', exchange: 'amq.direct', routingKey: 'k' })
    },
    'another connection may publish to it': async ({ a, b }) => {
      await a.queue('q', {}, exclusive)
      await a.consume('q')
      await b.put('q', 'one')
      await a.receive()
    },
    'is gone with its connection': async ({ a, b }) => {
      await a.queue('q', {}, exclusive)
      await b.queue('other')
      await a.link.drop()
      await b.gone('q')
      await b.count('q')
    },
    'a durable one is gone with its connection, too': async ({ a, b }) => {
      await a.queue('q', {}, { exclusive: true, durable: true })
      await b.queue('other')
      await a.link.drop()
      await b.gone('q')
      await b.queue('q')
    },
    'auto-delete goes with its last consumer': async ({ a, a2 }) => {
      await a.queue('q', {}, autoDelete)
      await a.consume('q')
      await a2.consume('q', { consumerTag: 'c2' })
      await a.cancel()
      await a.count('q')
      await a2.cancel('c2')
      await a.gone('q')
      await a.count('q')
    },
    'auto-delete stays while nobody has consumed': async ({ a }) => {
      await a.queue('q', {}, autoDelete)
      await a.put('q', 'one')
      await a.get('q', true)
      await a.count('q')
    },
    'auto-delete goes when the channel of its consumer closes': async ({ a, a2 }) => {
      await a.queue('q', {}, autoDelete)
      await a2.consume('q')
      await a2.queue('amq.no')
      await a.gone('q')
    },
    'auto-delete goes with the connection of its consumer': async ({ a, b }) => {
      await a.queue('q', {}, autoDelete)
      await b.consume('q')
      await b.link.drop()
      await a.gone('q')
    },
  },
}
