// basic.get, and settling what it brought.

import { BASIC_RECOVER, BASIC_RECOVER_ASYNC, BASIC_REJECT } from 'amqp-codec'
import type { Topic } from '../stage/stage.ts'

export const getting: Topic = {
  topic: 'basic.get',
  scenarios: {
    'an empty queue is empty': async ({ a }) => {
      await a.queue('q')
      await a.get('q')
    },
    'tells how many are left': async ({ a }) => {
      await a.queue('q')
      await a.put('q', 'one', 'two', 'three')
      await a.get('q')
      await a.get('q', true)
      await a.get('q')
      await a.get('q')
    },
    'needs the queue': async ({ a }) => {
      await a.get('q')
    },
    'what is acknowledged is gone': async ({ a, a2 }) => {
      await a.queue('q')
      await a.put('q', 'one', 'two')
      await a.get('q')
      await a.ack(1)
      await a.quiet()
      await a2.drain('q')
    },
    'what is put back is marked': async ({ a }) => {
      await a.queue('q')
      await a.put('q', 'one', 'two')
      await a.get('q')
      await a.reject(1, true)
      await a.quiet()
      await a.drain('q')
    },
    'what is put back keeps its place': async ({ a }) => {
      await a.queue('q')
      await a.put('q', 'one', 'two', 'three', 'four')
      for (let count = 0; count < 3; count++) await a.get('q')
      await a.nack(2, { requeue: true })
      await a.nack(1, { requeue: true })
      await a.quiet()
      await a.drain('q')
    },
    'several are put back at once': async ({ a }) => {
      await a.queue('q')
      await a.put('q', 'one', 'two', 'three', 'four')
      for (let count = 0; count < 3; count++) await a.get('q')
      await a.nack(2, { multiple: true, requeue: true })
      await a.quiet()
      await a.drain('q')
    },
    'zero and multiple is all': async ({ a, a2 }) => {
      await a.queue('q')
      await a.put('q', 'one', 'two', 'three')
      for (let count = 0; count < 3; count++) await a.get('q')
      await a.ack(0, true)
      await a.quiet()
      await a2.remove('q', { ifEmpty: true })
    },
    'zero and multiple of nothing is fine': async ({ a }) => {
      await a.ack(0, true)
      await a.nack(0, { multiple: true })
      await a.quiet()
    },
    'zero alone is unknown': async ({ a }) => {
      await a.ack(0)
      await a.receive()
    },
    'a tag that never was is unknown': async ({ a }) => {
      await a.ack(1)
      await a.receive()
      await a.nack(1)
      await a.receive()
      await a.send(BASIC_REJECT, { deliveryTag: 1 })
      await a.receive()
      await a.ack(5, true)
      await a.receive()
    },
    'a tag that was settled is unknown': async ({ a }) => {
      await a.queue('q')
      await a.put('q', 'one', 'two')
      await a.get('q')
      await a.ack(1)
      await a.ack(1)
      await a.receive()
    },
    'a tag below one that was acknowledged with multiple is unknown': async ({ a }) => {
      await a.queue('q')
      await a.put('q', 'one', 'two')
      await a.get('q')
      await a.get('q')
      await a.ack(2, true)
      await a.ack(1)
      await a.receive()
    },
    'a tag of another channel is unknown': async ({ a, a2 }) => {
      await a.queue('q')
      await a.put('q', 'one')
      await a.get('q')
      await a2.ack(1)
      await a2.receive()
      await a.ack(1)
      await a.quiet()
    },
    'a tag that needed no acknowledgement is unknown': async ({ a }) => {
      await a.queue('q')
      await a.put('q', 'one')
      await a.get('q', true)
      await a.ack(1)
      await a.receive()
    },
    'a large tag is unknown, too': async ({ a }) => {
      await a.ack(9_007_199_254_740_991)
      await a.receive()
    },
    'what was rejected without a place to go is gone': async ({ a, a2 }) => {
      await a.queue('q')
      await a.put('q', 'one', 'two', 'three')
      for (let count = 0; count < 3; count++) await a.get('q')
      await a.reject(1)
      await a.nack(3, { multiple: true })
      await a.quiet()
      await a2.drain('q')
    },
    'a channel that closes puts back what it had': async ({ a, a2 }) => {
      await a2.queue('q')
      await a2.put('q', 'one', 'two')
      await a2.holds('q', 2)
      await a.get('q')
      await a.get('q')
      await a.count('amq.nothing')
      await a2.holds('q', 2)
      await a2.drain('q')
    },
    'a connection that goes puts back what it had': async ({ a, b }) => {
      await a.queue('q')
      await a.put('q', 'one', 'two')
      await a.holds('q', 2)
      await b.get('q')
      await b.link.drop()
      await a.holds('q', 2)
      await a.drain('q')
    },
    'recover puts everything back': async ({ a }) => {
      await a.queue('q')
      await a.put('q', 'one', 'two')
      await a.get('q')
      await a.get('q')
      await a.call(BASIC_RECOVER, { requeue: true })
      await a.drain('q')
    },
    'recover without requeue is not there': async ({ a }) => {
      await a.call(BASIC_RECOVER, { requeue: false })
    },
    'recover-async says nothing': async ({ a }) => {
      await a.queue('q')
      await a.put('q', 'one')
      await a.get('q')
      await a.send(BASIC_RECOVER_ASYNC, { requeue: true })
      await a.quiet()
      await a.drain('q')
    },
    'the message is marked again and again': async ({ a }) => {
      await a.queue('q')
      await a.put('q', 'one')
      for (let tag = 1; tag <= 3; tag++) {
        await a.get('q')
        await a.reject(tag, true)
      }
      await a.get('q')
    },
  },
}
