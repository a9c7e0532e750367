// What a random client does: valid things, and invalid ones, on three channels of two connections.

import * as fc from 'fast-check'
import type { Table } from '../stage/channel.ts'

/** A channel, a queue: few of each, so that operations meet. */
export const PLACES = [0, 1, 2] as const
export type Place = (typeof PLACES)[number]

export type Operation = { readonly on: Place } & (
  | { readonly do: 'queue'; readonly queue: Place; readonly args: number }
  | {
      readonly do: 'delete'
      readonly queue: Place
      readonly ifUnused: boolean
      readonly ifEmpty: boolean
    }
  | { readonly do: 'purge' | 'count'; readonly queue: Place }
  | { readonly do: 'exchange'; readonly exchange: Place; readonly type: string }
  | { readonly do: 'deleteExchange'; readonly exchange: Place; readonly ifUnused: boolean }
  | {
      readonly do: 'bind' | 'unbind'
      readonly queue: Place
      readonly exchange: Place
      readonly key: string
    }
  | { readonly do: 'bindExchange'; readonly from: Place; readonly to: Place; readonly key: string }
  | {
      readonly do: 'publish'
      readonly exchange: Place | 'default'
      readonly key: string
      readonly mandatory: boolean
      readonly priority: number
      readonly cc: readonly string[]
    }
  | { readonly do: 'get'; readonly queue: Place; readonly noAck: boolean }
  | { readonly do: 'consume'; readonly tag: number; readonly noAck: boolean }
  | { readonly do: 'cancel'; readonly tag: number }
  /** Tags are counted from the last one that the channel has seen, which has 0. */
  | { readonly do: 'ack'; readonly tag: number; readonly multiple: boolean }
  | {
      readonly do: 'nack'
      readonly tag: number
      readonly multiple: boolean
      readonly requeue: boolean
    }
  | { readonly do: 'qos'; readonly count: number; readonly global: boolean }
  | { readonly do: 'recover' | 'confirm' | 'txSelect' | 'txCommit' | 'txRollback' }
)

/** What queues are declared with; none depends on time. */
export const QUEUE_ARGUMENTS: readonly Table[] = [
  {},
  { 'x-max-length': 2 },
  { 'x-max-length': 1, 'x-overflow': 'reject-publish' },
  { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'q0' },
  { 'x-dead-letter-exchange': 'x0', 'x-max-length': 1 },
  { 'x-max-priority': 3 },
  { 'x-single-active-consumer': true },
  { 'x-max-length': -1 },
]

const TYPES = ['direct', 'fanout', 'topic'] as const

const place = fc.constantFrom(...PLACES)
const key = fc.constantFrom('q0', 'q1', 'q2', 'q0', 'q1', 'q2', 'k', 'k.l', '#', '')
const tag = fc.integer({ min: -1, max: 3 })
const flag = fc.boolean()

function operation(fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Operation> {
  return fc.record({ on: place, ...fields }) as fc.Arbitrary<unknown> as fc.Arbitrary<Operation>
}

function named(...names: Operation['do'][]): { do: fc.Arbitrary<Operation['do']> } {
  return { do: fc.constantFrom(...names) }
}

const OPERATIONS: readonly (readonly [weight: number, fc.Arbitrary<Operation>])[] = [
  [2, operation({ ...named('queue'), queue: place, args: fc.nat(QUEUE_ARGUMENTS.length - 1) })],
  [1, operation({ ...named('delete'), queue: place, ifUnused: flag, ifEmpty: flag })],
  [2, operation({ ...named('purge', 'count'), queue: place })],
  [
    2,
    operation({
      ...named('exchange'),
      exchange: place,
      type: fc.constantFrom(...TYPES),
    }),
  ],
  [1, operation({ ...named('deleteExchange'), exchange: place, ifUnused: flag })],
  [4, operation({ ...named('bind'), queue: place, exchange: place, key })],
  [1, operation({ ...named('unbind'), queue: place, exchange: place, key })],
  [1, operation({ ...named('bindExchange'), from: place, to: place, key })],
  [
    12,
    operation({
      ...named('publish'),
      exchange: fc.oneof({ weight: 2, arbitrary: fc.constant('default') }, place),
      key,
      mandatory: flag,
      priority: fc.nat(4),
      cc: fc.array(key, { maxLength: 2 }),
    }),
  ],
  [4, operation({ ...named('get'), queue: place, noAck: flag })],
  [4, operation({ ...named('consume'), tag: fc.nat(2), noAck: flag })],
  [1, operation({ ...named('cancel'), tag: fc.nat(2) })],
  [4, operation({ ...named('ack'), tag, multiple: flag })],
  [5, operation({ ...named('nack'), tag, multiple: flag, requeue: flag })],
  [2, operation({ ...named('qos'), count: fc.nat(2), global: flag })],
  [1, operation(named('recover'))],
  [2, operation(named('confirm', 'txSelect', 'txCommit', 'txRollback'))],
]

const LONGEST = 40

/** What there is from the start, so that not everything fails. */
const beginnings: fc.Arbitrary<readonly Operation[]> = fc
  .tuple(
    fc.tuple(...PLACES.map(() => fc.nat(QUEUE_ARGUMENTS.length - 2))),
    fc.tuple(...PLACES.map(() => fc.constantFrom(...TYPES))),
    fc.tuple(...PLACES.map(() => key)),
  )
  .map(([args, types, keys]) =>
    PLACES.flatMap((it): Operation[] => [
      { on: 0, do: 'queue', queue: it, args: args[it] ?? 0 },
      { on: 0, do: 'exchange', exchange: it, type: types[it] ?? 'fanout' },
      { on: 0, do: 'bind', queue: it, exchange: it, key: keys[it] ?? '' },
    ]),
  )

export const sequences: fc.Arbitrary<readonly Operation[]> = fc
  .tuple(
    beginnings,
    fc.array(fc.oneof(...OPERATIONS.map(([weight, arbitrary]) => ({ weight, arbitrary }))), {
      minLength: 5,
      maxLength: LONGEST,
      size: 'max',
    }),
  )
  .map(([first, then]) => [...first, ...then])
