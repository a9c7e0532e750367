// Publisher confirms.

import { CONFIRM_SELECT, TX_SELECT } from 'amqp-codec'
import type { Topic } from '../stage/stage.ts'

const mandatory = { mandatory: true }
const durable = { durable: true }

export const confirms: Topic = {
  topic: 'confirms',
  scenarios: {
    'select may be repeated, and may be silent': async ({ a }) => {
      await a.confirmSelect()
      await a.call(CONFIRM_SELECT)
      await a.send(CONFIRM_SELECT, { nowait: true })
    },
    'every publish is confirmed': async ({ a }) => {
      await a.queue('q', {}, durable)
      await a.confirmSelect()
      for (const deliveryMode of [1, 2, 1, 2]) await a.publish('', 'q', 'one', { deliveryMode })
      await a.confirmed()
    },
    'what has no route is confirmed, too': async ({ a }) => {
      await a.confirmSelect()
      await a.publish('', 'nowhere', 'one')
      await a.publish('amq.fanout', '', 'two')
      await a.confirmed()
    },
    'mandatory comes back and is confirmed': async ({ a }) => {
      await a.confirmSelect()
      await a.publish('', 'nowhere', 'one', {}, mandatory)
      await a.receive()
      await a.confirmed()
    },
    'tags begin when it is selected': async ({ a }) => {
      await a.queue('q')
      await a.put('q', 'before')
      await a.confirmSelect()
      await a.put('q', 'after')
      await a.confirmed()
    },
    'a publish to several queues is confirmed once': async ({ a }) => {
      for (const queue of ['q', 'p', 'r']) {
        await a.queue(queue, {}, durable)
        await a.bind(queue, 'amq.fanout')
      }
      await a.confirmSelect()
      await a.publish('amq.fanout', '', 'one', { deliveryMode: 2 })
      await a.confirmed()
    },
    'a channel that fails confirms what came before': async ({ a }) => {
      await a.queue('q')
      await a.confirmSelect()
      await a.put('q', 'one', 'two')
      await a.confirmed()
      await a.publish('x', '', 'three')
      await a.receive()
    },
    'each channel has tags of its own': async ({ a, a2 }) => {
      await a.queue('q')
      await a.confirmSelect()
      await a2.confirmSelect()
      await a.put('q', 'one', 'two')
      await a2.put('q', 'three')
      await a.confirmed()
      await a2.confirmed()
    },
    'transactions and confirms exclude each other': async ({ a, a2 }) => {
      await a.confirmSelect()
      await a.call(TX_SELECT)
      await a2.call(TX_SELECT)
      await a2.call(CONFIRM_SELECT)
    },
  },
}
