// The arguments of queue.declare: what is refused, and what counts as different when a queue is declared
// again. Rabbitmq-errors rows 10, 13, 15.

import { type FieldValue, QUEUE_DECLARE } from 'amqp-codec'
import { describe, expect } from 'vitest'
import { test } from '../support/raw-client-broker.ts'

type Arguments = Readonly<Record<string, unknown>>

const TEN_YEARS_MS = 315_360_000_000
const NEGATIVE = '{value_negative,-1}'
const NO_INTEGER = '"expected integer, got longstr"'

describe('an argument that cannot be', () => {
  const mistakes: [Arguments, string, string][] = [
    [{ 'x-message-ttl': -1 }, 'x-message-ttl', NEGATIVE],
    [{ 'x-message-ttl': '1' }, 'x-message-ttl', NO_INTEGER],
    [{ 'x-message-ttl': 1.5 }, 'x-message-ttl', '"expected integer, got double"'],
    [{ 'x-message-ttl': true }, 'x-message-ttl', '"expected integer, got bool"'],
    [{ 'x-message-ttl': TEN_YEARS_MS + 1 }, 'x-message-ttl', '{value_too_large,315360000001}'],
    [{ 'x-expires': 0 }, 'x-expires', '{value_zero,0}'],
    [{ 'x-expires': -1 }, 'x-expires', NEGATIVE],
    [{ 'x-expires': 'a' }, 'x-expires', NO_INTEGER],
    [{ 'x-expires': -1, 'x-message-ttl': -1 }, 'x-expires', NEGATIVE],
    [{ 'x-message-ttl': -1, 'x-expires': -1 }, 'x-expires', NEGATIVE],
    [{ 'x-max-length': -1 }, 'x-max-length', NEGATIVE],
    [{ 'x-max-length': 'a' }, 'x-max-length', NO_INTEGER],
    [{ 'x-max-length-bytes': -1 }, 'x-max-length-bytes', NEGATIVE],
    [{ 'x-max-priority': -1 }, 'x-max-priority', NEGATIVE],
    [{ 'x-max-priority': 256 }, 'x-max-priority', '{max_value_exceeded,256}'],
    [{ 'x-max-priority': 'a' }, 'x-max-priority', NO_INTEGER],
    [{ 'x-overflow': 'spill' }, 'x-overflow', 'invalid_overflow'],
    [{ 'x-overflow': 1 }, 'x-overflow', '{unacceptable_type,signedint}'],
    [
      { 'x-single-active-consumer': 'a' },
      'x-single-active-consumer',
      '{unacceptable_type,longstr}',
    ],
    [{ 'x-queue-mode': 'eager' }, 'x-queue-mode', `"unsupported queue mode 'eager'"`],
    [{ 'x-queue-mode': 1 }, 'x-queue-mode', '{unacceptable_type,signedint}'],
    [{ 'x-queue-version': 3 }, 'x-queue-version', `"unsupported queue version '3'"`],
    [{ 'x-queue-type': 'heap' }, 'x-queue-type', `"unsupported queue type 'heap'"`],
    [{ 'x-queue-type': 1 }, 'x-queue-type', '{unacceptable_type,signedint}'],
    [
      { 'x-dead-letter-routing-key': 'key' },
      'x-dead-letter-routing-key',
      'routing_key_but_no_dlx_defined',
    ],
    [
      { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 1 },
      'x-dead-letter-routing-key',
      '{unacceptable_type,signedint}',
    ],
  ]
  test.for(mistakes)('%o', async ([args, name, reason], { broker }) => {
    const channel = await broker.channel()
    const queue = broker.queueName()
    channel.send(QUEUE_DECLARE, { queue, arguments: args })
    const text = `PRECONDITION_FAILED - invalid arg '${name}' for queue '${queue}' in vhost '/': ${reason}`
    await channel.expectClose(406, text, QUEUE_DECLARE)
  })

  test('a dead-letter exchange that is no string', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = broker.queueName()
    channel.send(QUEUE_DECLARE, { queue, arguments: { 'x-dead-letter-exchange': 1 } })
    const what = `invalid type 'signedint' for arg 'x-dead-letter-exchange' in queue '${queue}'`
    await channel.expectClose(406, `PRECONDITION_FAILED - ${what} in vhost '/'`, QUEUE_DECLARE)
  })

  test.for([
    ['x-delivery-limit', 1],
    ['x-max-age', '1h'],
    ['x-dead-letter-strategy', 'at-least-once'],
    ['x-quorum-initial-group-size', 1],
  ] as const)('of another type of queue: %s', async ([name, value], { broker }) => {
    const channel = await broker.channel()
    const queue = broker.queueName()
    channel.send(QUEUE_DECLARE, { queue, arguments: { [name]: value } })
    const what = `invalid arg '${name}' for queue '${queue}' in vhost '/' of queue type`
    await channel.expectClose(
      406,
      `PRECONDITION_FAILED - ${what} rabbit_classic_queue`,
      QUEUE_DECLARE,
    )
  })
})

describe('an argument that may be', () => {
  const values: Arguments[] = [
    { 'x-message-ttl': 0 },
    { 'x-message-ttl': TEN_YEARS_MS },
    { 'x-expires': 60_000 },
    { 'x-max-length': 0 },
    { 'x-max-priority': 0 },
    { 'x-max-priority': 255 },
    { 'x-queue-type': 'classic' },
    { 'x-queue-mode': 'lazy' },
    { 'x-queue-version': 2 },
    { 'x-dead-letter-exchange': 'nowhere' },
    { 'x-whatever': [1, { two: 3 }] },
  ]
  test.for(values)('%o', async (args, { broker }) => {
    const channel = await broker.channel()
    await channel.declareQueue({ queue: broker.queueName(), arguments: args })
  })
})

describe('a queue declared again with another argument', () => {
  const shown: [string, unknown, string][] = [
    ['x-message-ttl', 60_000, "the value '60000' of type 'signedint'"],
    ['x-expires', 60_000, "the value '60000' of type 'signedint'"],
    ['x-dead-letter-exchange', 'dlx', "the value 'dlx' of type 'longstr'"],
    ['x-max-length', 1, "the value '1' of type 'signedint'"],
    ['x-max-length-bytes', 1, "the value '1' of type 'signedint'"],
    ['x-overflow', 'reject-publish', "the value 'reject-publish' of type 'longstr'"],
    ['x-max-priority', 5, "the value '5' of type 'signedint'"],
    ['x-single-active-consumer', true, "the value 'true' of type 'bool'"],
    ['x-queue-mode', 'lazy', "the value 'lazy' of type 'longstr'"],
  ]
  const cases = shown.flatMap(([name, value, text]): [string, Arguments, Arguments, string][] => [
    [name, {}, { [name]: value }, `received ${text} but current is none`],
    [name, { [name]: value }, {}, `received none but current is ${text}`],
  ])
  test.for([
    ...cases,
    [
      'x-message-ttl',
      { 'x-message-ttl': 1 },
      { 'x-message-ttl': 2 },
      "received '2' but current is '1'",
    ],
    [
      'x-overflow',
      { 'x-overflow': 'drop-head' },
      { 'x-overflow': 'reject-publish' },
      "received 'reject-publish' but current is 'drop-head'",
    ],
  ] as [string, Arguments, Arguments, string][])(
    '%s: %o, then %o',
    async ([name, first, second, values], { broker }) => {
      const channel = await broker.channel()
      const queue = broker.queueName()
      await channel.declareQueue({ queue, arguments: first })
      channel.send(QUEUE_DECLARE, { queue, exclusive: true, arguments: second })
      const what = `inequivalent arg '${name}' for queue '${queue}' in vhost '/'`
      await channel.expectClose(406, `PRECONDITION_FAILED - ${what}: ${values}`, QUEUE_DECLARE)
    },
  )

  test('is the same queue if only the width of a number differs', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = broker.queueName()
    const widths: FieldValue[] = [
      { type: 'b', value: 1 },
      { type: 's', value: 1 },
      { type: 'I', value: 1 },
      { type: 'l', value: 1n },
    ]
    for (const value of widths) {
      await channel.declareQueue({ queue, arguments: new Map([['x-max-length', value]]) })
    }
  })

  test.for([
    ['an explicit type against none', {}, { 'x-queue-type': 'classic' }],
    ['arguments that nobody knows', { 'x-whatever': 1 }, { 'x-whatever': 'b' }],
    ['more arguments that nobody knows', {}, { 'x-whatever': 'b' }],
  ] as [string, Arguments, Arguments][])(
    'is the same queue: %s',
    async ([, first, second], { broker }) => {
      const channel = await broker.channel()
      const queue = broker.queueName()
      await channel.declareQueue({ queue, arguments: first })
      expect(await channel.declareQueue({ queue, arguments: second })).toBe(queue)
      expect(await channel.declareQueue({ queue, arguments: first })).toBe(queue)
    },
  )
})
