// x-max-length and x-max-length-bytes, and what becomes of what is too much.

import { TX_COMMIT, TX_SELECT } from 'amqp-codec'
import type { Table } from '../stage/channel.ts'
import type { Scenario, Topic } from '../stage/stage.ts'

const dead = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' }
const reject = { 'x-overflow': 'reject-publish' }
const rejectDead = { 'x-overflow': 'reject-publish-dlx', ...dead }

/** Publishes the bodies with confirms, and says what the queue and its dead letters then hold. */
function overflows(args: Table, bodies: readonly string[]): Scenario {
  return async ({ a, a2 }) => {
    await a.queue('dead')
    await a.queue('q', args)
    await a.confirmSelect()
    await a.put('q', ...bodies)
    await a.confirmed()
    await a2.drain('q')
    await a2.drain('dead')
  }
}

/** Each publish is confirmed before the next. */
function overflowsSlowly(args: Table, bodies: readonly string[]): Scenario {
  return async ({ a, a2 }) => {
    await a.queue('dead')
    await a.queue('q', args)
    await a.confirmSelect()
    for (const body of bodies) {
      await a.put('q', body)
      await a.confirmed()
    }
    await a2.drain('q')
    await a2.drain('dead')
  }
}

const five = ['1', '2', '3', '4', '5']

export const limits: Topic = {
  topic: 'limits of queues',
  scenarios: {
    'the oldest go by default': overflows({ 'x-max-length': 3 }, five),
    'drop-head: the oldest go': overflows({ 'x-max-length': 2, 'x-overflow': 'drop-head' }, five),
    'drop-head of zero keeps nothing': overflows({ 'x-max-length': 0 }, five),
    'drop-head by bytes': overflows({ 'x-max-length-bytes': 10 }, ['12345', '123', '1234', '123']),
    'drop-head by bytes: one that is too large alone': overflows({ 'x-max-length-bytes': 5 }, [
      '123',
      '1234567',
    ]),
    'drop-head by both': overflows({ 'x-max-length': 3, 'x-max-length-bytes': 6 }, [
      '123',
      '123',
      '1',
      '1',
      '1',
    ]),
    'drop-head: dead letters': async ({ a, a2 }) => {
      await a.queue('dead')
      await a.queue('q', { 'x-max-length': 2, ...dead })
      await a.put('q', ...five)
      await a.holds('dead', 3)
      await a2.drain('q')
      await a2.drain('dead')
    },
    'reject-publish: the newest are refused': overflowsSlowly(
      { 'x-max-length': 2, ...reject },
      five,
    ),
    'reject-publish of zero refuses all': overflowsSlowly({ 'x-max-length': 0, ...reject }, [
      '1',
      '2',
    ]),
    'reject-publish by bytes': overflowsSlowly({ 'x-max-length-bytes': 6, ...reject }, [
      '1234',
      '12',
      '1',
      '',
    ]),
    'reject-publish by bytes: what goes beyond is taken, what comes then is not': overflowsSlowly(
      { 'x-max-length-bytes': 5, ...reject },
      ['1234', '1234', '1'],
    ),
    'reject-publish: no dead letters': overflowsSlowly({ 'x-max-length': 1, ...reject, ...dead }, [
      '1',
      '2',
    ]),
    'reject-publish-dlx: dead letters, and a refusal': async ({ a, a2 }) => {
      await a.queue('dead')
      await a.queue('q', { 'x-max-length': 1, ...rejectDead })
      await a.confirmSelect()
      for (const body of ['1', '2', '3']) {
        await a.put('q', body)
        await a.confirmed()
      }
      await a.holds('dead', 2)
      await a2.drain('q')
      await a2.drain('dead')
    },
    'reject-publish: without confirms it goes in silence': async ({ a, a2 }) => {
      await a.queue('q', { 'x-max-length': 1, ...reject })
      await a.put('q', '1')
      await a.holds('q', 1)
      await a.publish('', 'q', '2', {}, { mandatory: true })
      await a.quiet()
      await a2.drain('q')
    },
    'reject-publish: there is room when a message is taken': async ({ a, a2 }) => {
      await a.queue('q', { 'x-max-length': 1, ...reject })
      await a.confirmSelect()
      await a.put('q', '1')
      await a.confirmed()
      await a2.get('q')
      await a.put('q', '2')
      await a.confirmed()
      await a2.reject(1, true)
      await a2.holds('q', 2)
      await a.put('q', '3')
      await a.confirmed()
    },
    'reject-publish: one of several queues is enough': async ({ a, a2 }) => {
      await a.queue('full', { 'x-max-length': 0, ...reject })
      await a.queue('free')
      for (const queue of ['full', 'free']) await a.bind(queue, 'amq.fanout')
      await a.confirmSelect()
      await a.publish('amq.fanout', '', 'one')
      await a.confirmed()
      await a2.drain('free')
    },
    'only what is ready counts': async ({ a, a2 }) => {
      await a.queue('q', { 'x-max-length': 2 })
      await a.put('q', '1', '2')
      await a.holds('q', 2)
      await a2.get('q')
      await a2.get('q')
      await a.put('q', '3', '4')
      await a.holds('q', 2)
      await a2.nack(2, { multiple: true, requeue: true })
      await a2.quiet()
      await a2.drain('q')
    },
    'what is delivered at once never counts': async ({ a, a2 }) => {
      await a.queue('q', { 'x-max-length': 0 })
      await a2.consume('q')
      await a.put('q', '1', '2')
      await a2.receive(2)
    },
    'reject-publish and who waits': async ({ a, a2 }) => {
      await a.queue('q', { 'x-max-length': 0, ...reject })
      await a2.consume('q')
      await a.confirmSelect()
      await a.put('q', '1')
      await a.confirmed()
      await a2.quiet()
    },
    'a limit with expiry': async ({ a }) => {
      await a.queue('q', { 'x-max-length': 2, 'x-message-ttl': 50 })
      await a.put('q', '1', '2', '3')
      await a.holds('q', 0)
    },
    'a limit within a transaction': async ({ a, a2 }) => {
      await a.queue('q', { 'x-max-length': 2 })
      await a.call(TX_SELECT)
      await a.put('q', '1', '2', '3')
      await a.call(TX_COMMIT)
      await a2.drain('q')
    },
  },
}
