// Exchange types that come with RabbitMQ as plugins.

import type { Properties } from '../stage/channel.ts'
import type { Stage, Topic } from '../stage/stage.ts'

const mandatory = { mandatory: true }

/** Publishes everything twice: which queue gets a message is open, but twins must meet in one. */
async function spread(
  stage: Stage,
  queues: readonly string[],
  properties: (index: number) => Properties = () => ({}),
): Promise<void> {
  const { a } = stage
  for (const _ of ['once', 'twice']) {
    for (let index = 0; index < 40; index++) {
      await a.publish('x', `key ${index}`, `message ${index}`, properties(index))
    }
  }
  const bodies: string[][] = []
  for (const queue of queues) bodies.push(await a.collect(queue))
  stage.note(`${bodies.flat().length} messages`)
  stage.note(`${bodies.flatMap((them) => [...new Set(them)]).length} of them differ`)
  stage.note(
    bodies.every((them) => them.length > 0) ? 'no queue is left out' : 'a queue is left out',
  )
}

export const pluginExchanges: Topic = {
  topic: 'exchange types of plugins',
  scenarios: {
    'consistent hash: one queue gets it all': async ({ a }) => {
      await a.exchange('x', 'x-consistent-hash')
      await a.queue('q')
      await a.bind('q', 'x', '10')
      await a.publish('x', 'k', 'one')
      await a.publish('x', 'l', 'two')
      await a.drain('q')
    },
    'consistent hash: two queues share it': async (stage) => {
      const { a } = stage
      await a.exchange('x', 'x-consistent-hash')
      for (const queue of ['q', 'p']) await a.queue(queue)
      await a.bind('q', 'x', '1')
      await a.bind('p', 'x', '2')
      await spread(stage, ['q', 'p'])
    },
    'consistent hash: by a header': async (stage) => {
      const { a } = stage
      await a.exchange('x', 'x-consistent-hash', { 'hash-header': 'id' })
      for (const queue of ['q', 'p']) await a.queue(queue)
      await a.bind('q', 'x', '1')
      await a.bind('p', 'x', '1')
      await spread(stage, ['q', 'p'], (index) => ({ headers: { id: `id ${index}` } }))
    },
    'consistent hash: by a property': async (stage) => {
      const { a } = stage
      await a.exchange('x', 'x-consistent-hash', { 'hash-property': 'message_id' })
      for (const queue of ['q', 'p']) await a.queue(queue)
      await a.bind('q', 'x', '1')
      await a.bind('p', 'x', '1')
      await spread(stage, ['q', 'p'], (index) => ({ messageId: `id ${index}` }))
    },
    'consistent hash: what lacks the header is lost or not': async ({ a }) => {
      await a.exchange('x', 'x-consistent-hash', { 'hash-header': 'id' })
      await a.queue('q')
      await a.bind('q', 'x', '1')
      await a.publish('x', 'k', 'one', {}, mandatory)
      await a.publish('x', 'k', 'two', { headers: { id: 5 } }, mandatory)
      await a.quiet()
      await a.drain('q')
    },
    'consistent hash: a weight must be a number': async ({ a }) => {
      await a.exchange('x', 'x-consistent-hash')
      await a.queue('q')
      await a.bind('q', 'x', 'abc')
      await a.bind('q', 'x', '')
      await a.bind('q', 'x', '1.5')
    },
    'consistent hash: a weight of zero or less': async ({ a }) => {
      await a.exchange('x', 'x-consistent-hash')
      await a.queue('q')
      await a.bind('q', 'x', '0')
      await a.bind('q', 'x', '-1')
    },
    'consistent hash: not by both': async ({ a }) => {
      await a.exchange('x', 'x-consistent-hash', {
        'hash-header': 'id',
        'hash-property': 'message_id',
      })
    },
    'consistent hash: not by any property': async ({ a }) => {
      await a.exchange('x', 'x-consistent-hash', { 'hash-property': 'priority' })
      await a.exchange('x', 'x-consistent-hash', { 'hash-property': 'correlation_id' })
      await a.exchange('y', 'x-consistent-hash', { 'hash-property': 'timestamp' })
    },
    'consistent hash: nobody is bound': async ({ a }) => {
      await a.exchange('x', 'x-consistent-hash')
      await a.publish('x', 'k', 'one', {}, mandatory)
      await a.receive()
    },
    'modulus hash: one queue gets it all': async ({ a }) => {
      await a.exchange('x', 'x-modulus-hash')
      await a.queue('q')
      await a.bind('q', 'x', 'any')
      await a.publish('x', 'k', 'one')
      await a.publish('x', 'l', 'two')
      await a.drain('q')
    },
    'modulus hash: two queues share it': async (stage) => {
      const { a } = stage
      await a.exchange('x', 'x-modulus-hash')
      for (const queue of ['q', 'p']) {
        await a.queue(queue)
        await a.bind(queue, 'x')
      }
      await spread(stage, ['q', 'p'])
    },
    'modulus hash: nobody is bound': async ({ a }) => {
      await a.exchange('x', 'x-modulus-hash')
      await a.publish('x', 'k', 'one', {}, mandatory)
      await a.receive()
    },
    'random: one of them gets it': async ({ a }) => {
      await a.exchange('x', 'x-random')
      await a.queue('q')
      await a.bind('q', 'x', 'any')
      await a.bind('q', 'x', 'other')
      await a.publish('x', 'k', 'one', {}, mandatory)
      await a.drain('q')
    },
    'random: nobody is bound': async ({ a }) => {
      await a.exchange('x', 'x-random')
      await a.publish('x', 'k', 'one', {}, mandatory)
      await a.receive()
    },
    'recent history: who comes late gets the last twenty': async ({ a }) => {
      await a.exchange('x', 'x-recent-history')
      for (let index = 0; index < 22; index++) await a.publish('x', 'k', `message ${index}`)
      await a.queue('q')
      await a.bind('q', 'x')
      await a.holds('q', 20)
      await a.publish('x', 'k', 'new')
      await a.holds('q', 21)
      await a.drain('q')
    },
    'recent history: a length of its own': async ({ a }) => {
      await a.exchange('x', 'x-recent-history', { 'x-recent-history-length': 2 })
      for (const body of ['one', 'two', 'three']) {
        await a.publish('x', `k.${body}`, body, { messageId: body })
      }
      await a.queue('q')
      await a.bind('q', 'x')
      await a.holds('q', 2)
      await a.drain('q')
    },
    'recent history: a length that makes no sense': async ({ a }) => {
      await a.exchange('x', 'x-recent-history', { 'x-recent-history-length': -1 })
    },
    'recent history: a length that is no number': async ({ a }) => {
      await a.exchange('x', 'x-recent-history', { 'x-recent-history-length': 'ten' })
    },
    'recent history: what wants no place in it': async ({ a }) => {
      await a.exchange('x', 'x-recent-history')
      await a.publish('x', 'k', 'kept')
      await a.publish('x', 'k', 'not kept', { headers: { 'x-recent-history-no-store': true } })
      await a.queue('q')
      await a.bind('q', 'x')
      await a.holds('q', 1)
      await a.drain('q')
    },
    'recent history: for an exchange that is bound': async ({ a }) => {
      await a.exchange('x', 'x-recent-history')
      await a.exchange('y', 'fanout')
      await a.queue('q')
      await a.bind('q', 'y')
      await a.publish('x', 'k', 'one')
      await a.bindExchange('y', 'x')
      await a.count('q')
      await a.publish('x', 'k', 'two')
      await a.quiet()
      await a.drain('q')
    },
    'recent history: goes with its exchange': async ({ a }) => {
      await a.exchange('x', 'x-recent-history')
      await a.publish('x', 'k', 'one')
      await a.removeExchange('x')
      await a.exchange('x', 'x-recent-history')
      await a.queue('q')
      await a.bind('q', 'x')
      await a.count('q')
    },
    'their arguments are not compared': async ({ a }) => {
      await a.exchange('x', 'x-consistent-hash', { 'hash-header': 'id' })
      await a.exchange('x', 'x-consistent-hash', { 'hash-header': 'other' })
      await a.exchange('x', 'x-modulus-hash')
    },
  },
}
