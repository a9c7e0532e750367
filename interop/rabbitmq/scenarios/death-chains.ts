// Messages that die more than once: what x-death counts, and which circles are broken.

import type { Channel, Table } from '../stage/channel.ts'
import type { Scenario, Topic } from '../stage/stage.ts'

function to(queue: string): Table {
  return { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': queue }
}

/** Rejects the next message of each queue, in this order. */
async function rejectAll(a: Channel, ...queues: string[]): Promise<void> {
  for (const [index, queue] of queues.entries()) {
    await a.holds(queue, 1)
    await a.get(queue)
    await a.reject(index + 1)
  }
}

/** A message that is in `q` goes through the steps, and comes to rest in `last`. */
function journey(args: Readonly<Record<string, Table>>, first: Table, last: string): Scenario {
  return async ({ a }) => {
    for (const [queue, table] of Object.entries(args)) await a.queue(queue, table)
    await a.publish('', 'q', 'one', { headers: first })
    await a.holds(last, 1)
    await a.get(last, true)
  }
}

export const deathChains: Topic = {
  topic: 'death chains',
  scenarios: {
    'rejected in two queues': async ({ a }) => {
      await a.queue('last')
      await a.queue('p', to('last'))
      await a.queue('q', to('p'))
      await a.put('q', 'one')
      await rejectAll(a, 'q', 'p')
      await a.holds('last', 1)
      await a.get('last')
    },
    'expired in one, rejected in the next': async ({ a }) => {
      await a.queue('last')
      await a.queue('p', to('last'))
      await a.queue('q', { ...to('p'), 'x-message-ttl': 30 })
      await a.put('q', 'one')
      await rejectAll(a, 'p')
      await a.holds('last', 1)
      await a.get('last')
    },
    'expired in three queues': journey(
      {
        last: {},
        r: { ...to('last'), 'x-message-ttl': 20 },
        p: { ...to('r'), 'x-message-ttl': 20 },
        q: { ...to('p'), 'x-message-ttl': 20 },
      },
      { mine: 'mine' },
      'last',
    ),
    'rejected twice in one queue counts': async ({ a }) => {
      await a.queue('q', to('q'))
      await a.put('q', 'one')
      await rejectAll(a, 'q', 'q', 'q')
      await a.holds('q', 1)
      await a.get('q')
    },
    'a retry: rejected, expired, and again': async ({ a }) => {
      await a.queue('wait', { ...to('q'), 'x-message-ttl': 30 })
      await a.queue('q', to('wait'))
      await a.put('q', 'one')
      await rejectAll(a, 'q', 'q')
      await a.holds('q', 1)
      await a.get('q')
    },
    'expired and then rejected in the same queue': async ({ a }) => {
      await a.queue('last')
      await a.queue('q', to('last'))
      await a.publish('', 'q', 'one', { expiration: '30' })
      await a.holds('last', 1)
      await a.get('last')
      await a.queue('back', to('last'))
      await a.reject(1)
      await a.count('last')
    },
    'a circle of expiry alone is broken': async ({ a }) => {
      await a.queue('p', { ...to('q'), 'x-message-ttl': 30 })
      await a.queue('q', { ...to('p'), 'x-message-ttl': 30 })
      await a.queue('clock', { 'x-message-ttl': 600 })
      await a.put('q', 'one')
      await a.put('clock', 'tick')
      await a.holds('clock', 0)
      await a.count('q')
      await a.count('p')
    },
    'a queue that is its own end breaks the circle': async ({ a }) => {
      await a.queue('q', { ...to('q'), 'x-message-ttl': 30 })
      await a.put('q', 'one')
      await a.holds('q', 0)
    },
    'a full queue that is its own end': async ({ a }) => {
      await a.queue('q', { ...to('q'), 'x-max-length': 1 })
      await a.put('q', 'one', 'two')
      await a.holds('q', 1)
      await a.drain('q')
    },
    'the time a message had of its own is told once': async ({ a }) => {
      await a.queue('last')
      await a.queue('p', { ...to('last'), 'x-message-ttl': 20 })
      await a.queue('q', to('p'))
      await a.publish('', 'q', 'one', { expiration: '20' })
      await a.holds('last', 1)
      await a.get('last')
    },
    'x-death that a client made up is kept': journey(
      { last: {}, q: { ...to('last'), 'x-message-ttl': 20 } },
      { 'x-death': [{ queue: 'other', reason: 'rejected', count: 7 }], mine: 1 },
      'last',
    ),
    'x-death that a client made up is counted on': journey(
      { last: {}, q: { ...to('last'), 'x-message-ttl': 20 } },
      { 'x-death': [{ queue: 'q', reason: 'expired', count: 7 }] },
      'last',
    ),
    'x-death that is nonsense': journey(
      { last: {}, q: { ...to('last'), 'x-message-ttl': 20 } },
      { 'x-death': 'nonsense' },
      'last',
    ),
    'x-first-death that a client made up is kept': journey(
      { last: {}, q: { ...to('last'), 'x-message-ttl': 20 } },
      { 'x-first-death-queue': 'other', 'x-first-death-reason': 'rejected' },
      'last',
    ),
    'a client that publishes what it got goes on counting': async ({ a }) => {
      await a.queue('last')
      await a.queue('q', to('last'))
      await a.put('q', 'one')
      await rejectAll(a, 'q')
      await a.holds('last', 1)
      const got = await a.get('last', true)
      const { headers } = got?.message?.properties ?? {}
      await a.publish('', 'q', 'again', { headers: new Map(headers) })
      await a.holds('q', 1)
      await a.get('q')
      await a.reject(3)
      await a.holds('last', 1)
      await a.get('last')
    },
    'the keys and the exchange are those of each death': async ({ a }) => {
      await a.exchange('x', 'topic')
      await a.exchange('y', 'topic')
      await a.queue('last')
      await a.bind('last', 'y', '#')
      await a.queue('p', { 'x-dead-letter-exchange': 'y', 'x-message-ttl': 20 })
      await a.bind('p', 'x', '#')
      await a.queue('q', { 'x-dead-letter-exchange': 'x', 'x-message-ttl': 20 })
      await a.bind('q', 'amq.topic', '#')
      await a.publish('amq.topic', 'k.1', 'one', { headers: { CC: ['k.2'], BCC: ['k.3'] } })
      await a.holds('last', 1)
      await a.get('last')
    },
    'new keys are told of in the second death': journey(
      {
        last: {},
        p: { ...to('last'), 'x-message-ttl': 20 },
        q: { ...to('p'), 'x-message-ttl': 20 },
      },
      { CC: ['nowhere'] },
      'last',
    ),
  },
}
