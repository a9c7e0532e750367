// basic.publish: what is refused, what comes back, and what properties go through.

import type { Scenario, Topic } from '../stage/stage.ts'
import { typed } from '../stage/typed.ts'

const mandatory = { mandatory: true }

/** Publishes to a queue with each of the expirations, and waits for what the broker says if anything. */
function expirations(...values: string[]): Scenario {
  return async ({ a }) => {
    await a.queue('q')
    for (const expiration of values) {
      await a.publish('', 'q', '', { expiration })
      await a.quiet()
    }
  }
}

/** Publishes with each of these tables of headers. */
function headers(...tables: Readonly<Record<string, unknown>>[]): Scenario {
  return async ({ a }) => {
    await a.queue('q')
    for (const table of tables) {
      await a.publish('', 'q', '', { headers: table })
      await a.quiet()
    }
  }
}

export const publishing: Topic = {
  topic: 'basic.publish',
  scenarios: {
    'which mistake comes first: the exchange, the user, the time': async ({ a }) => {
      const wrong = { userId: 'nobody', expiration: 'soon', headers: { CC: 'text' } }
      await a.publish('nowhere', 'k', 'one', wrong)
      await a.receive()
      await a.publish('', 'k', 'one', wrong)
      await a.receive()
      await a.publish('', 'k', 'one', { userId: 'nobody', headers: { CC: 'text' } })
      await a.receive()
      await a.publish('', 'k', 'one', { expiration: 'soon', headers: { CC: 'text' } })
      await a.receive()
    },
    'which mistake comes first: immediate': async ({ a }) => {
      await a.publish('nowhere', 'k', 'one', {}, { immediate: true })
      await a.receive()
    },
    'all properties go through as they are': async ({ a }) => {
      await a.queue('q')
      await a.publish('', 'q', 'body', {
        contentType: 'text/plain',
        contentEncoding: 'utf-8',
        headers: { one: 1, two: 'b', three: true, four: { five: [1, null] } },
        deliveryMode: 2,
        priority: 3,
        correlationId: 'c-1',
        replyTo: 'nobody',
        messageId: 'm-1',
        timestamp: 1_000_000_000n,
        type: 'kind',
        userId: 'guest',
        appId: 'app',
        clusterId: 'cluster',
      })
      await a.get('q', true)
    },
    'values of all types go through in headers': async ({ a }) => {
      await a.queue('q')
      await a.publish('', 'q', 'body', {
        headers: {
          t: typed('t', true),
          b: typed('b', -1),
          B: typed('B', 200),
          s: typed('s', -300),
          u: typed('u', 60_000),
          I: typed('I', -70_000),
          i: typed('i', 4_000_000_000),
          l: typed('l', -5_000_000_000n),
          f: typed('f', 0.5),
          d: typed('d', 0.1),
          S: typed('S', 'text'),
          T: typed('T', 1_000_000_000n),
          x: typed('x', Buffer.from([0, 255])),
          V: typed('V', null),
        },
      })
      await a.get('q', true)
    },
    'an empty body and one of several frames': async ({ a }) => {
      await a.queue('q')
      await a.put('q', '')
      await a.publish('', 'q', Buffer.alloc(300_000, 'a'))
      await a.get('q', true)
      await a.get('q', true)
    },
    'an exchange that is not there closes the channel': async ({ a }) => {
      await a.publish('x', 'k', 'one')
      await a.receive()
    },
    'what follows on a closed channel is ignored': async ({ a }) => {
      await a.queue('q')
      await a.publish('x', 'k', 'one')
      await a.put('q', 'two', 'three')
      await a.receive()
      await a.count('q')
    },
    'immediate is not there any more': async ({ a }) => {
      await a.queue('q')
      await a.publish('', 'q', 'one', {}, { immediate: true })
      await a.receive()
    },
    'mandatory comes back whole': async ({ a }) => {
      await a.publish('amq.direct', 'k', 'body', { headers: { one: 1 }, messageId: 'm' }, mandatory)
      await a.receive()
    },
    'mandatory with a route does not come back': async ({ a }) => {
      await a.queue('q')
      await a.publish('', 'q', 'one', {}, mandatory)
      await a.get('q', true)
    },
    'user-id must be true': async ({ a }) => {
      await a.queue('q')
      await a.publish('', 'q', 'one', { userId: 'guest' })
      await a.get('q', true)
      await a.publish('', 'q', 'two', { userId: 'somebody' })
      await a.receive()
    },
    'expiration takes numbers of milliseconds': expirations('60000', '315360000000', '007'),
    'expiration refuses the rest': expirations(
      'abc',
      '10ms',
      '-1',
      '1.5',
      '',
      ' 1',
      '+5',
      '315360000001',
    ),
    'CC and BCC must be arrays of texts': headers(
      { CC: 'q' },
      { CC: 1 },
      { CC: ['q', 1] },
      { BCC: 'q' },
      { BCC: [null] },
      { CC: [] },
    ),
    'the first of several mistakes is named': async ({ a }) => {
      await a.publish('x', 'k', '', { userId: 'somebody', expiration: 'abc' })
      await a.receive()
      await a.publish('', 'k', '', { userId: 'somebody', expiration: 'abc', headers: { CC: 1 } })
      await a.receive()
      await a.publish('', 'k', '', { expiration: 'abc', headers: { CC: 1 } })
      await a.receive()
    },
    'CC adds queues, and is shown': async ({ a }) => {
      for (const queue of ['q', 'p', 'r']) await a.queue(queue)
      await a.publish('', 'q', 'one', { headers: { CC: ['p', 'r', 'q', 'nowhere'], mine: 1 } })
      for (const queue of ['q', 'p', 'r']) await a.drain(queue)
    },
    'BCC adds queues, and is not shown': async ({ a }) => {
      for (const queue of ['q', 'p', 'r']) await a.queue(queue)
      await a.publish('', 'q', 'one', { headers: { BCC: ['p'], CC: ['r'], mine: 1 } })
      for (const queue of ['q', 'p', 'r']) await a.drain(queue)
    },
    'BCC alone leaves an empty table': async ({ a }) => {
      await a.queue('q')
      await a.publish('', 'nowhere', 'one', { headers: { BCC: ['q'] } }, mandatory)
      await a.get('q', true)
    },
    'CC matches patterns of a topic exchange': async ({ a }) => {
      await a.queue('q')
      await a.queue('p')
      await a.bind('q', 'amq.topic', 'a.*')
      await a.bind('p', 'amq.topic', 'b.*')
      await a.publish('amq.topic', 'a.1', 'one', { headers: { CC: ['b.1', 'a.2'] } })
      await a.drain('q')
      await a.drain('p')
    },
    'a returned message shows all its keys': async ({ a }) => {
      const lists = { CC: ['nowhere'], BCC: ['secret'] }
      await a.publish('amq.direct', 'k', 'one', { headers: lists }, mandatory)
      await a.receive()
    },
    'a ticket is not looked at': async ({ a }) => {
      await a.queue('q')
      await a.publish('', 'q', 'one', {}, { ticket: 5 })
      await a.get('q', true)
    },
  },
}
