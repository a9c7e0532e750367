// Streams: their declaration. Rabbitmq-errors rows 13, 14, 16, 17, 38; https://www.rabbitmq.com/docs/streams

import { type FieldValue, fieldTableFromObject, QUEUE_DECLARE } from 'amqp-codec'
import { describe } from 'vitest'
import { test } from '../support/raw-client-broker.ts'

const STREAM = { 'x-queue-type': 'stream' }

const long = (value: number): FieldValue => ({ type: 'l', value: BigInt(value) })
const text = (value: string): FieldValue => ({ type: 'S', value })

describe('queue.declare of a stream', () => {
  test.for([
    ['exclusive', { exclusive: true, durable: true }, 'exclusive-owner'],
    ['auto-delete', { autoDelete: true, durable: true }, 'auto-delete'],
    ['transient', {}, 'non-durable'],
    ['all of it', { exclusive: true, autoDelete: true }, 'auto-delete'],
  ] as const)('that is %s', async ([, fields, property], { broker }) => {
    const channel = await broker.channel()
    const queue = broker.queueName()
    channel.send(QUEUE_DECLARE, { queue, ...fields, arguments: STREAM })
    const reason = `invalid property '${property}' for queue '${queue}' in vhost '/'`
    await channel.expectClose(406, `PRECONDITION_FAILED - ${reason}`, QUEUE_DECLARE)
  })

  test('without a name', async ({ broker }) => {
    const channel = await broker.channel()
    channel.send(QUEUE_DECLARE, { durable: true, arguments: STREAM })
    const reason = 'Cannot declare a server-named queue for type rabbit_stream_queue'
    await channel.expectClose(406, `PRECONDITION_FAILED - ${reason}`, QUEUE_DECLARE)
  })

  test.for([
    ['x-max-age', text('1'), 'invalid_max_age'],
    ['x-max-age', text('1x'), 'invalid_max_age'],
    ['x-max-age', text('0h'), 'invalid_max_age'],
    ['x-max-age', text('1.5h'), 'invalid_max_age'],
    ['x-max-age', long(5), '{unacceptable_type,long}'],
    ['x-max-length-bytes', long(-1), '{value_negative,-1}'],
    ['x-max-length-bytes', text('a'), '"expected integer, got longstr"'],
    ['x-stream-max-segment-size-bytes', long(-1), '{value_negative,-1}'],
    ['x-initial-cluster-size', long(0), '{value_zero,0}'],
    ['x-queue-leader-locator', text('x'), 'invalid_queue_locator_arg'],
  ] as const)('with %s %o', async ([name, value, reason], { broker }) => {
    const channel = await broker.channel()
    const queue = broker.queueName()
    const args = new Map([...fieldTableFromObject(STREAM), [name, value as FieldValue]])
    channel.send(QUEUE_DECLARE, { queue, durable: true, arguments: args })
    const what = `invalid arg '${name}' for queue '${queue}' in vhost '/': ${reason}`
    await channel.expectClose(406, `PRECONDITION_FAILED - ${what}`, QUEUE_DECLARE)
  })

  test.for(['x-message-ttl', 'x-max-length', 'x-max-priority', 'x-delivery-limit', 'x-expires'])(
    'with %s, which is for other types',
    async (name, { broker }) => {
      const channel = await broker.channel()
      const queue = broker.queueName()
      channel.send(QUEUE_DECLARE, { queue, durable: true, arguments: { ...STREAM, [name]: 5 } })
      const what = `invalid arg '${name}' for queue '${queue}' in vhost '/' of queue type`
      const reply = `PRECONDITION_FAILED - ${what} rabbit_stream_queue`
      await channel.expectClose(406, reply, QUEUE_DECLARE)
    },
  )

  test('with segments that are too large', async ({ broker }) => {
    const channel = await broker.channel()
    const args = { ...STREAM, 'x-stream-max-segment-size-bytes': 3_000_000_001 }
    channel.send(QUEUE_DECLARE, { queue: broker.queueName(), durable: true, arguments: args })
    const reason = 'Exceeded max value for x-stream-max-segment-size-bytes'
    await channel.expectClose(406, `PRECONDITION_FAILED - ${reason}`, QUEUE_DECLARE)
  })

  test('with all arguments of its own', async ({ broker }) => {
    const channel = await broker.channel()
    const args = {
      'x-max-age': '7D',
      'x-max-length-bytes': 1_000_000_000,
      'x-stream-max-segment-size-bytes': 3_000_000_000,
      'x-initial-cluster-size': 1,
      'x-queue-leader-locator': 'client-local',
      'x-whatever': 1,
    }
    const fields = { queue: broker.queueName(), durable: true, exclusive: false }
    for (let time = 1; time <= 2; time++) {
      await channel.declareQueue({ ...fields, arguments: { ...STREAM, ...args } })
    }
  })
})
