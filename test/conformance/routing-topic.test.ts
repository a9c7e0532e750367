// Topic exchanges: * stands for one word, # for any number of them. An empty key has no word at all,
// while a dot makes two, which may be empty. Spec 3.1.3.3.

import { EXCHANGE_DECLARE, EXCHANGE_DECLARE_OK, QUEUE_UNBIND, QUEUE_UNBIND_OK } from 'amqp-codec'
import { describe, expect } from 'vitest'
import { test } from '../support/raw-client-broker.ts'

/** A binding key, keys that it matches and keys that it does not. */
const PATTERNS: [pattern: string, matches: string[], others: string[]][] = [
  ['a.b.c', ['a.b.c'], ['a.b', 'a.b.c.d', 'a.b.C', 'a..c', '']],
  ['*', ['a', 'abc'], ['', 'a.b', '.', 'a.']],
  ['#', ['', 'a', 'a.b', 'a.b.c', '.', '..'], []],
  ['*.*', ['a.b', '.', 'a.', '.b'], ['', 'a', 'a.b.c']],
  ['a.*', ['a.b', 'a.', 'a.*'], ['a', 'a.b.c', 'b.a']],
  ['*.b', ['a.b', '.b'], ['b', 'a.b.c', 'a.a.b']],
  ['a.#', ['a', 'a.b', 'a.b.c', 'a.'], ['b', 'ab', '', 'b.a']],
  ['#.c', ['c', 'a.c', 'a.b.c', '.c'], ['', 'c.a', 'ac']],
  ['a.#.c', ['a.c', 'a.b.c', 'a.b.b.c', 'a.a.c.c'], ['a', 'c', 'a.b', 'a.c.b']],
  ['#.b.#', ['b', 'a.b', 'b.c', 'a.b.c', 'a.a.b.c.c', 'b.b'], ['a', '', 'a.c', 'ab.b1']],
  ['*.#', ['a', 'a.b', 'a.b.c', '.'], ['']],
  ['#.*', ['a', 'a.b', 'a.b.c', '.'], ['']],
  ['*.#.*', ['a.b', 'a.b.c', '.', 'a.b.c.d'], ['a', '']],
  ['#.#', ['', 'a', 'a.b'], []],
  ['#.a.*.#.b', ['a.x.b', 'z.a.x.y.b', 'a.a.a.b'], ['a.b', 'x.b', 'a.x.b.c']],
  ['', [''], ['a', '.', 'a.']],
  ['a..b', ['a..b'], ['a.b', 'a.x.b']],
  ['a.', ['a.'], ['a', 'a.b']],
  ['a*.b', ['a*.b'], ['ab.b', 'a.b']],
  ['a#', ['a#'], ['a', 'a.b', 'ab']],
]

describe('a topic exchange', () => {
  test.for(PATTERNS)(
    "matches '%s' with %o and not with %o",
    async ([pattern, matches, others], { broker }) => {
      const channel = await broker.channel()
      const exchange = broker.exchangeName()
      await channel.send(EXCHANGE_DECLARE, { exchange, type: 'topic' }).expect(EXCHANGE_DECLARE_OK)
      const queue = await channel.declareBoundQueue(exchange, pattern)
      for (const routingKey of [...matches, ...others]) {
        channel.publish({ exchange, routingKey, body: routingKey })
      }
      expect(await channel.drain(queue)).toEqual(matches)
    },
  )

  test('gives a queue one copy even if many of its bindings match', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = broker.exchangeName()
    await channel.send(EXCHANGE_DECLARE, { exchange, type: 'topic' }).expect(EXCHANGE_DECLARE_OK)
    const queue = await channel.declareBoundQueue(
      exchange,
      '#',
      'a.#',
      'a.*',
      'a.b',
      '*.b',
      '#.b.#',
    )
    channel.publish({ exchange, routingKey: 'a.b', body: 'once' })
    expect(await channel.drain(queue)).toEqual(['once'])
  })

  test('tells its queues apart, and forgets a binding and no other', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = broker.exchangeName()
    await channel.send(EXCHANGE_DECLARE, { exchange, type: 'topic' }).expect(EXCHANGE_DECLARE_OK)
    const queue = await channel.declareBoundQueue(exchange, 'a.#', 'a.b')
    const other = await channel.declareBoundQueue(exchange, 'a.#', 'a.*.c')
    const binding = { queue, exchange, routingKey: 'a.#' }
    await channel.send(QUEUE_UNBIND, binding).expect(QUEUE_UNBIND_OK)
    for (const routingKey of ['a', 'a.b', 'a.b.c']) {
      channel.publish({ exchange, routingKey, body: routingKey })
    }
    expect(await channel.drain(queue)).toEqual(['a.b'])
    expect(await channel.drain(other)).toEqual(['a', 'a.b', 'a.b.c'])
  })
})
