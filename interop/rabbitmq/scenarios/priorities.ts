// Queues with priorities, and single active consumers.

import type { Channel } from '../stage/channel.ts'
import type { Topic } from '../stage/stage.ts'

async function putAll(a: Channel, ...priorities: (number | undefined)[]): Promise<void> {
  for (const [index, priority] of priorities.entries()) {
    await a.publish('', 'q', `message ${index}`, priority === undefined ? {} : { priority })
  }
  await a.holds('q', priorities.length)
}

const single = { 'x-single-active-consumer': true }

export const priorities: Topic = {
  topic: 'priorities and single active consumers',
  scenarios: {
    'the highest comes first, the oldest among equals': async ({ a }) => {
      await a.queue('q', { 'x-max-priority': 5 })
      await putAll(a, 1, 5, 1, 3, 5, 0)
      await a.drain('q')
    },
    'none is zero, and too high is the highest': async ({ a }) => {
      await a.queue('q', { 'x-max-priority': 5 })
      await putAll(a, undefined, 0, 9, 5, 255, 1)
      await a.drain('q')
    },
    'without x-max-priority order is as ever': async ({ a }) => {
      await a.queue('q')
      await putAll(a, 1, 5, 3)
      await a.drain('q')
    },
    'a queue of one level above zero': async ({ a }) => {
      await a.queue('q', { 'x-max-priority': 1 })
      await putAll(a, 0, 1, 0, 7)
      await a.drain('q')
    },
    'consumers get the highest first': async ({ a, a2 }) => {
      await a.queue('q', { 'x-max-priority': 10 })
      await putAll(a, 2, 7, 7, 1)
      await a2.consume('q')
      await a2.receive(4)
    },
    'what is put back comes before others of its priority': async ({ a, a2 }) => {
      await a.queue('q', { 'x-max-priority': 10 })
      await putAll(a, 5, 5, 9)
      await a2.get('q')
      await a2.get('q')
      await a2.nack(2, { multiple: true, requeue: true })
      await a2.quiet()
      await a2.drain('q')
    },
    'a limit takes the lowest first': async ({ a, a2 }) => {
      await a.queue('dead')
      await a.queue('q', {
        'x-max-priority': 5,
        'x-max-length': 2,
        'x-dead-letter-exchange': '',
        'x-dead-letter-routing-key': 'dead',
      })
      for (const priority of [5, 1, 3, 2]) await a.publish('', 'q', `of ${priority}`, { priority })
      await a.holds('dead', 2)
      await a2.drain('q')
      await a2.drain('dead')
    },
    'what is low expires when nothing high is before it': async ({ a, a2 }) => {
      await a.queue('q', { 'x-max-priority': 5 })
      await a.queue('clock', { 'x-message-ttl': 500 })
      await a.publish('', 'q', 'low, short', { priority: 1, expiration: '400' })
      await a.publish('', 'q', 'high, long', { priority: 5 })
      await a.put('clock', 'tick')
      await a.holds('clock', 0)
      await a.count('q')
      await a2.get('q', true)
      await a.holds('q', 0)
    },
    'what is high and short, in front of what is low': async ({ a }) => {
      await a.queue('q', { 'x-max-priority': 5 })
      await a.queue('clock', { 'x-message-ttl': 500 })
      await a.publish('', 'q', 'low, long', { priority: 1 })
      await a.publish('', 'q', 'high, short', { priority: 5, expiration: '400' })
      await a.put('clock', 'tick')
      await a.holds('clock', 0)
      await a.drain('q')
    },
    'purge takes all priorities': async ({ a }) => {
      await a.queue('q', { 'x-max-priority': 5 })
      await putAll(a, 1, 5, 3)
      await a.purge('q')
    },
    'single active: only the first gets messages': async ({ a, a2, b }) => {
      await a.queue('q', single)
      await a2.consume('q', { consumerTag: 'first' })
      await b.consume('q', { consumerTag: 'second' })
      await a.put('q', '1', '2', '3')
      await a2.receive(3)
      await b.quiet()
    },
    'single active: the next one when it cancels': async ({ a, a2, b }) => {
      await a.queue('q', single)
      await a2.consume('q', { consumerTag: 'first' })
      await b.consume('q', { consumerTag: 'second' })
      await a.put('q', '1')
      await a2.receive()
      await a2.cancel('first')
      await a.put('q', '2')
      await b.receive()
      await a2.ack(1)
      await a2.quiet()
    },
    'single active: the next one when its channel closes': async ({ a, a2, b }) => {
      await a.queue('q', single)
      await a2.consume('q', { consumerTag: 'first' })
      await b.consume('q', { consumerTag: 'second' })
      await a.put('q', '1', '2')
      await a2.receive(2)
      await a2.count('amq.nothing')
      await b.receive(2)
    },
    'single active: others wait even when it is busy': async ({ a, a2, b }) => {
      await a.queue('q', single)
      await a2.prefetch(1)
      await a2.consume('q', { consumerTag: 'first' })
      await b.consume('q', { consumerTag: 'second' })
      await a.put('q', '1', '2')
      await a2.receive()
      await a.holds('q', 1)
      await b.quiet()
      await a2.ack(1)
      await a2.receive()
    },
    'single active: exclusive is not possible': async ({ a }) => {
      await a.queue('q', single)
      await a.consume('q', { exclusive: true })
      await a.consume('q')
    },
    'single active: priorities do not take over': async ({ a, a2, b }) => {
      await a.queue('q', single)
      await a2.consume('q', { consumerTag: 'first' })
      await b.consume('q', { consumerTag: 'second', arguments: { 'x-priority': 10 } })
      await a.put('q', '1')
      await a2.receive()
      await b.quiet()
    },
    'single active: the next is that of the highest priority': async ({ a, a2, b }) => {
      await a.queue('q', single)
      await a2.consume('q', { consumerTag: 'first' })
      await b.consume('q', { consumerTag: 'second' })
      await b.consume('q', { consumerTag: 'third', arguments: { 'x-priority': 10 } })
      await a2.cancel('first')
      await a.put('q', '1')
      await b.receive()
    },
    'single active: get is possible': async ({ a }) => {
      await a.queue('q', single)
      await a.put('q', '1')
      await a.get('q', true)
    },
    'single active: counts tell of all consumers': async ({ a, a2 }) => {
      await a.queue('q', single)
      await a2.consume('q', { consumerTag: 'first' })
      await a2.consume('q', { consumerTag: 'second' })
      await a.count('q')
    },
  },
}
