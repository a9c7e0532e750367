// tx.select, tx.commit, tx.rollback.

import { TX_COMMIT, TX_ROLLBACK, TX_SELECT } from 'amqp-codec'
import type { Topic } from '../stage/stage.ts'

export const transactions: Topic = {
  topic: 'transactions',
  scenarios: {
    'select may be repeated': async ({ a }) => {
      await a.call(TX_SELECT)
      await a.call(TX_SELECT)
      await a.call(TX_COMMIT)
      await a.call(TX_ROLLBACK)
    },
    'commit and rollback need a transaction': async ({ a }) => {
      await a.call(TX_COMMIT)
      await a.call(TX_ROLLBACK)
    },
    'publishes wait for the commit': async ({ a, a2 }) => {
      await a.queue('q')
      await a.call(TX_SELECT)
      await a.put('q', 'one', 'two')
      await a2.get('q', true)
      await a.call(TX_COMMIT)
      await a2.drain('q')
    },
    'publishes go with the rollback': async ({ a, a2 }) => {
      await a.queue('q')
      await a.call(TX_SELECT)
      await a.put('q', 'one')
      await a.call(TX_ROLLBACK)
      await a.put('q', 'two')
      await a.call(TX_COMMIT)
      await a2.drain('q')
    },
    'acknowledgements wait for the commit': async ({ a, a2 }) => {
      await a.queue('q')
      await a2.put('q', 'one', 'two')
      await a2.holds('q', 2)
      await a.call(TX_SELECT)
      await a.get('q')
      await a.get('q')
      await a.ack(1)
      await a.call(TX_ROLLBACK)
      await a.ack(2, true)
      await a.call(TX_COMMIT)
      await a.count('amq.nothing')
      await a2.drain('q')
    },
    'what is put back comes with the commit': async ({ a, a2 }) => {
      await a.queue('q')
      await a2.put('q', 'one')
      await a2.holds('q', 1)
      await a.call(TX_SELECT)
      await a.get('q')
      await a.reject(1, true)
      await a2.count('q')
      await a.call(TX_COMMIT)
      await a2.holds('q', 1)
      await a2.get('q')
    },
    'what has no route comes back with the commit': async ({ a }) => {
      await a.call(TX_SELECT)
      await a.publish('', 'nowhere', 'one', {}, { mandatory: true })
      await a.quiet()
      await a.call(TX_COMMIT)
      await a.quiet()
    },
    'mistakes show at once': async ({ a }) => {
      await a.call(TX_SELECT)
      await a.ack(7)
      await a.receive()
      await a.call(TX_SELECT)
      await a.publish('x', 'k', 'one')
      await a.receive()
    },
    'a channel that closes rolls back': async ({ a, a2 }) => {
      await a.queue('q')
      await a.call(TX_SELECT)
      await a.put('q', 'one')
      await a.count('amq.nothing')
      await a2.drain('q')
    },
    'a tag is acknowledged twice in one transaction': async ({ a }) => {
      await a.queue('q')
      await a.put('q', 'one')
      await a.holds('q', 1)
      await a.call(TX_SELECT)
      await a.get('q')
      await a.ack(1)
      await a.ack(1)
      await a.receive()
    },
  },
}
