// Which queues a message reaches by its routing key.

import { EXCHANGE_BIND, QUEUE_UNBIND } from 'amqp-codec'
import type { Channel } from '../stage/channel.ts'
import type { Scenario, Topic } from '../stage/stage.ts'

const mandatory = { mandatory: true }

/** A queue for each pattern, and every key is published: what each queue then has is its pattern's. */
function matches(patterns: readonly string[], keys: readonly string[]): Scenario {
  return async ({ a }) => {
    for (const [index, pattern] of patterns.entries()) {
      await a.queue(`q${index}`)
      await a.bind(`q${index}`, 'amq.topic', pattern)
    }
    for (const key of keys) await a.publish('amq.topic', key, key, {}, mandatory)
    await a.quiet()
    for (const index of patterns.keys()) await a.drain(`q${index}`)
  }
}

async function boundQueue(a: Channel, name: string, exchange: string, key: string): Promise<void> {
  await a.queue(name)
  await a.bind(name, exchange, key)
}

export const routing: Topic = {
  topic: 'routing',
  scenarios: {
    'the default exchange knows every queue by its name': async ({ a }) => {
      await a.queue('q')
      await a.put('q', 'one')
      await a.publish('', 'p', 'two', {}, mandatory)
      await a.receive()
      await a.get('q', true)
    },
    'direct needs the very key': async ({ a }) => {
      await boundQueue(a, 'q', 'amq.direct', 'k')
      await boundQueue(a, 'p', 'amq.direct', 'k')
      await boundQueue(a, 'r', 'amq.direct', 'K')
      await boundQueue(a, 's', 'amq.direct', '#')
      for (const key of ['k', 'K', 'k ', '', '#', '*']) {
        await a.publish('amq.direct', key, `by ${key}`, {}, mandatory)
      }
      await a.quiet()
      for (const queue of ['q', 'p', 'r', 's']) await a.drain(queue)
    },
    'fanout does not look at keys': async ({ a }) => {
      await boundQueue(a, 'q', 'amq.fanout', 'k')
      await boundQueue(a, 'q', 'amq.fanout', 'l')
      await boundQueue(a, 'p', 'amq.fanout', '')
      await a.publish('amq.fanout', 'any', 'one')
      await a.drain('q')
      await a.drain('p')
    },
    'topic: a star is one word': matches(
      ['*', '*.*', 'a.*', '*.b', 'a.*.c'],
      ['a', 'a.b', 'a.c', 'c.b', 'a.b.c', 'a..c', '', '.'],
    ),
    'topic: a hash is any number of words': matches(
      ['#', 'a.#', '#.b', 'a.#.c', '#.b.#', '#.#'],
      ['a', 'b', 'a.b', 'a.c', 'a.b.c', 'a.x.y.c', '', '..'],
    ),
    'topic: stars and hashes together': matches(
      ['*.#', '#.*', '*.#.*', '#.*.b', 'a.*.#'],
      ['', 'a', 'a.b', 'a.x.b', '.', 'a.'],
    ),
    'topic: letters beside a wildcard are just letters': matches(
      ['a*', '*a', '#a', 'a.b#', 'a**'],
      ['a*', 'aa', '#a', 'a.b#', 'a.b', 'a**'],
    ),
    'topic: a binding goes without the others': async ({ a }) => {
      await boundQueue(a, 'q', 'amq.topic', 'a.#')
      await a.bind('q', 'amq.topic', 'a.*')
      await a.call(QUEUE_UNBIND, { queue: 'q', exchange: 'amq.topic', routingKey: 'a.#' })
      await a.publish('amq.topic', 'a.b', 'one', {}, mandatory)
      await a.publish('amq.topic', 'a.b.c', 'two', {}, mandatory)
      await a.quiet()
      await a.drain('q')
    },
    'exchange bindings look at keys as their source does': async ({ a }) => {
      await a.exchange('x', 'fanout')
      await boundQueue(a, 'q', 'x', '')
      await a.call(EXCHANGE_BIND, { destination: 'x', source: 'amq.topic', routingKey: 'a.#' })
      await a.call(EXCHANGE_BIND, { destination: 'x', source: 'amq.direct', routingKey: 'k' })
      await a.publish('amq.topic', 'a.b', 'one', {}, mandatory)
      await a.publish('amq.topic', 'b.a', 'two', {}, mandatory)
      await a.publish('amq.direct', 'k', 'three', {}, mandatory)
      await a.quiet()
      await a.drain('q')
    },
  },
}
