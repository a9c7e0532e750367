// basic.consume, basic.cancel and basic.qos.

import { BASIC_CANCEL, BASIC_CONSUME, BASIC_QOS, BASIC_RECOVER } from 'amqp-codec'
import type { Topic } from '../stage/stage.ts'

export const consuming: Topic = {
  topic: 'basic.consume',
  scenarios: {
    'a tag is made up for who has none': async ({ a }) => {
      await a.queue('q')
      await a.consume('q', { consumerTag: '' })
      await a.put('q', 'one')
      await a.receive()
    },
    'a tag may be used once in a channel': async ({ a }) => {
      await a.queue('q')
      await a.consume('q')
      await a.consume('q')
    },
    'a tag may be used again when it is free': async ({ a, a2 }) => {
      await a.queue('q')
      await a.consume('q')
      await a2.consume('q')
      await a.cancel()
      await a.consume('q')
    },
    'needs the queue': async ({ a }) => {
      await a.consume('q')
    },
    'without waiting': async ({ a }) => {
      await a.queue('q')
      await a.put('q', 'one')
      await a.send(BASIC_CONSUME, { queue: 'q', consumerTag: 'c', nowait: true })
      await a.receive()
      await a.send(BASIC_CANCEL, { consumerTag: 'c', nowait: true })
      await a.quiet()
      await a.put('q', 'two')
      await a.get('q', true)
    },
    'messages come in order': async ({ a, a2 }) => {
      await a.queue('q')
      await a.put('q', 'one', 'two', 'three')
      await a.holds('q', 3)
      await a2.consume('q')
      await a2.receive(3)
      await a.put('q', 'four')
      await a2.receive()
    },
    'without acknowledgement': async ({ a, a2 }) => {
      await a.queue('q')
      await a2.consume('q', { noAck: true })
      await a.put('q', 'one', 'two')
      await a2.receive(2)
      await a2.ack(1)
      await a2.receive()
    },
    'consumers take turns': async ({ a, a2 }) => {
      await a.queue('q')
      await a2.consume('q', { consumerTag: 'c1' })
      await a2.consume('q', { consumerTag: 'c2' })
      await a2.consume('q', { consumerTag: 'c3' })
      await a.put('q', '1', '2', '3', '4', '5', '6', '7')
      await a2.receive(7)
    },
    'cancelled consumers get nothing more': async ({ a, a2 }) => {
      await a.queue('q')
      await a2.consume('q')
      await a.put('q', 'one')
      await a2.receive()
      await a2.cancel()
      await a.put('q', 'two')
      await a.holds('q', 1)
      await a2.ack(1)
      await a2.quiet()
      await a.drain('q')
    },
    'cancelling an unknown tag is fine': async ({ a }) => {
      await a.cancel('nobody')
    },
    'exclusive keeps others away': async ({ a, b }) => {
      await a.queue('q')
      await a.consume('q', { exclusive: true })
      await b.consume('q')
      await b.consume('q', { exclusive: true })
      await b.get('q')
      await a.cancel()
      await b.consume('q')
    },
    'exclusive needs to be alone': async ({ a, b }) => {
      await a.queue('q')
      await a.consume('q')
      await b.consume('q', { exclusive: true })
    },
    'no-local is not looked at': async ({ a }) => {
      await a.queue('q')
      await a.consume('q', { noLocal: true })
      await a.put('q', 'one')
      await a.receive()
    },
    'a queue that is deleted tells its consumers': async ({ a, b }) => {
      await a.queue('q')
      await b.consume('q')
      await b.consume('q', { consumerTag: 'c2' })
      await a.remove('q')
      await b.receive(2)
    },
    "a consumer's own deletion tells it, too": async ({ a }) => {
      await a.queue('q')
      await a.consume('q')
      await a.remove('q')
      await a.quiet()
    },
    'who cannot take it is not told': async (stage) => {
      const { a } = stage
      stage.connection('b', { capabilities: {} })
      await a.queue('q')
      await stage.b.consume('q')
      await a.remove('q')
      await stage.b.quiet()
    },
    'prefetch holds back': async ({ a, a2 }) => {
      await a.queue('q')
      await a.put('q', '1', '2', '3', '4')
      await a.holds('q', 4)
      await a2.prefetch(2)
      await a2.consume('q')
      await a2.receive(2)
      await a2.quiet()
      await a2.ack(1)
      await a2.receive()
      await a2.ack(3, true)
      await a2.receive()
    },
    'prefetch is for consumers to come': async ({ a, a2 }) => {
      await a.queue('q')
      await a2.prefetch(1)
      await a2.consume('q', { consumerTag: 'first' })
      await a2.prefetch(2)
      await a2.consume('q', { consumerTag: 'second' })
      await a.put('q', '1', '2', '3', '4')
      await a2.receive(3)
      await a.holds('q', 1)
    },
    'prefetch for the channel is shared': async ({ a, a2 }) => {
      await a.queue('q')
      await a2.prefetch(2, true)
      await a2.consume('q', { consumerTag: 'first' })
      await a2.consume('q', { consumerTag: 'second' })
      await a.put('q', '1', '2', '3', '4')
      await a2.receive(2)
      await a.holds('q', 2)
      await a2.ack(1)
      await a2.receive()
    },
    'a smaller prefetch for the channel waits until there is room': async ({ a, a2 }) => {
      await a.queue('q')
      await a2.consume('q')
      await a.put('q', '1', '2', '3')
      await a2.receive(3)
      await a2.prefetch(2, true)
      await a.put('q', '4')
      await a.holds('q', 1)
      await a2.ack(1)
      await a2.quiet()
      await a2.ack(2)
      await a2.receive()
    },
    'a prefetch size is not there': async ({ a }) => {
      await a.call(BASIC_QOS, { prefetchSize: 10 })
    },
    'x-priority must be a number': async ({ a }) => {
      await a.queue('q')
      await a.consume('q', { arguments: { 'x-priority': 'high' } })
      await a.consume('q', { arguments: { 'x-priority': true } })
      await a.consume('q', { arguments: { 'x-priority': -5 } })
    },
    'consumers of a higher priority are served first': async ({ a, a2 }) => {
      await a.queue('q')
      await a2.prefetch(1)
      await a2.consume('q', { consumerTag: 'low', arguments: { 'x-priority': 1 } })
      await a2.consume('q', { consumerTag: 'high', arguments: { 'x-priority': 10 } })
      await a2.consume('q', { consumerTag: 'none' })
      await a.put('q', '1', '2', '3', '4')
      await a2.receive(3)
      await a2.ack(1)
      await a2.receive()
    },
    'recover gives it again, marked': async ({ a, a2 }) => {
      await a.queue('q')
      await a2.consume('q')
      await a.put('q', 'one', 'two')
      await a2.receive(2)
      await a2.call(BASIC_RECOVER, { requeue: true })
      await a2.receive(2)
    },
    'what is put back comes again at once': async ({ a, a2 }) => {
      await a.queue('q')
      await a2.prefetch(1)
      await a2.consume('q')
      await a.put('q', 'one', 'two')
      await a2.receive()
      await a2.reject(1, true)
      await a2.receive()
      await a2.ack(2)
      await a2.receive()
    },
    'x-cancel-on-ha-failover and others are not looked at': async ({ a }) => {
      await a.queue('q')
      await a.consume('q', { arguments: { 'x-cancel-on-ha-failover': true, mine: 1 } })
    },
  },
}
