// Headers exchanges: which tables match which.

import type { Table } from '../stage/channel.ts'
import type { Scenario, Topic } from '../stage/stage.ts'
import { typed } from '../stage/typed.ts'

/** A queue for each table of arguments, and a message with each table of headers. */
function matches(args: readonly Table[], headers: readonly (Table | undefined)[]): Scenario {
  return async ({ a }) => {
    for (const [index, table] of args.entries()) {
      await a.queue(`q${index}`)
      await a.bind(`q${index}`, 'amq.headers', '', table)
    }
    for (const [index, table] of headers.entries()) {
      const properties = table === undefined ? {} : { headers: table }
      await a.publish('amq.headers', '', `message ${index}`, properties, { mandatory: true })
    }
    await a.quiet()
    for (const index of args.keys()) await a.drain(`q${index}`)
  }
}

export const headersRouting: Topic = {
  topic: 'headers exchanges',
  scenarios: {
    'all, any, and all by default': matches(
      [
        { 'x-match': 'all', one: 1, two: 'b' },
        { 'x-match': 'any', one: 1, two: 'b' },
        { one: 1, two: 'b' },
      ],
      [{ one: 1, two: 'b' }, { one: 1 }, { two: 'b', three: 3 }, { one: 2 }, {}, undefined],
    ),
    'no conditions at all': matches(
      [{}, { 'x-match': 'all' }, { 'x-match': 'any' }],
      [{ one: 1 }, {}, undefined],
    ),
    'headers that begin with x- do not count': matches(
      [
        { 'x-match': 'all', 'x-one': 1, two: 2 },
        { 'x-match': 'any', 'x-one': 1, two: 2 },
      ],
      [{ 'x-one': 1, two: 2 }, { 'x-one': 1 }, { two: 2 }, { 'x-one': 2, two: 2 }],
    ),
    'headers that begin with x- count if asked to': matches(
      [
        { 'x-match': 'all-with-x', 'x-one': 1, two: 2 },
        { 'x-match': 'any-with-x', 'x-one': 1, two: 2 },
      ],
      [{ 'x-one': 1, two: 2 }, { 'x-one': 1 }, { two: 2 }, { 'x-one': 2, two: 2 }],
    ),
    'void asks only that the header is there': matches(
      [{ one: null }, { 'x-match': 'any', one: null, two: 2 }],
      [{ one: 1 }, { one: 'text' }, { one: null }, { two: 2 }, { two: 3 }],
    ),
    'types must agree, or not': matches(
      [
        { one: typed('I', 1) },
        { one: typed('l', 1n) },
        { one: typed('S', '1') },
        { one: typed('t', true) },
        { one: typed('d', 1) },
        { one: typed('b', 1) },
      ],
      [
        { one: typed('I', 1) },
        { one: typed('l', 1n) },
        { one: typed('S', '1') },
        { one: typed('t', true) },
        { one: typed('d', 1) },
        { one: typed('T', 1n) },
      ],
    ),
    'tables and arrays are compared, too': matches(
      [{ one: { nested: 1 } }, { one: [1, 'b'] }],
      [{ one: { nested: 1 } }, { one: { nested: 2 } }, { one: [1, 'b'] }, { one: [1] }],
    ),
    'the routing key plays no part': async ({ a }) => {
      await a.queue('q')
      await a.bind('q', 'amq.match', 'k', { one: 1 })
      await a.publish('amq.match', 'other', 'one', { headers: { one: 1 } })
      await a.holds('q', 1)
    },
    'x-match must be known': async ({ a }) => {
      await a.queue('q')
      await a.bind('q', 'amq.headers', '', { 'x-match': 'some', one: 1 })
    },
    'x-match must be a text': async ({ a }) => {
      await a.queue('q')
      await a.bind('q', 'amq.headers', '', { 'x-match': 1, one: 1 })
    },
    'bindings that differ in arguments are two': async ({ a }) => {
      await a.queue('q')
      await a.bind('q', 'amq.headers', '', { one: 1 })
      await a.bind('q', 'amq.headers', '', { two: 2 })
      await a.publish('amq.headers', '', 'first', { headers: { one: 1 } })
      await a.publish('amq.headers', '', 'second', { headers: { two: 2 } })
      await a.publish('amq.headers', '', 'both', { headers: { one: 1, two: 2 } })
      await a.drain('q')
    },
  },
}
