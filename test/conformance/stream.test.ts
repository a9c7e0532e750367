// Streams: where consumers begin, what they get, and what is refused. Rabbitmq-errors rows 37, 78, 79;
// https://www.rabbitmq.com/docs/streams. The counts of a stream are told late by RabbitMQ, and so are not
// looked at here.

import {
  BASIC_ACK,
  BASIC_CONSUME,
  BASIC_CONSUME_OK,
  BASIC_GET,
  BASIC_QOS,
  BASIC_QOS_OK,
  type FieldTable,
  type FieldValue,
  fieldTableFromObject,
  QUEUE_DELETE,
  QUEUE_DELETE_OK,
  QUEUE_PURGE,
} from 'amqp-codec'
import { describe, expect } from 'vitest'
import type { RawConnection } from '../support/raw-client.ts'
import { type BrokerUnderTest, test } from '../support/raw-client-broker.ts'
import type { Publish, RawChannel } from '../support/raw-client-channel.ts'

const STREAM = { 'x-queue-type': 'stream' }
const INTERNAL = '541 INTERNAL_ERROR'

const long = (value: number): FieldValue => ({ type: 'l', value: BigInt(value) })
const offsetArgument = (value: FieldValue): FieldTable => new Map([['x-stream-offset', value]])
const text = (value: string): FieldValue => ({ type: 'S', value })

interface Stage {
  readonly connection: RawConnection
  readonly channel: RawChannel
  readonly stream: string
  /** One after the other, so that each is in a chunk of its own, as RabbitMQ calls it. */
  publish(...messages: (string | Publish)[]): Promise<void>
}

/** A stream with these messages, and a channel that may consume it. */
async function setStage(broker: BrokerUnderTest, ...bodies: string[]): Promise<Stage> {
  const connection = await broker.connect()
  const [channel, publisher] = [await connection.channel(1), await connection.channel(9)]
  const stream = await declareStream(channel, broker.queueName())
  await publisher.confirmSelect()
  let published = 0
  const publish = async (...messages: (string | Publish)[]): Promise<void> => {
    for (const message of messages) {
      const fields = typeof message === 'string' ? { body: message } : message
      await publisher.publish({ routingKey: stream, ...fields }).confirmed(++published, 1)
    }
  }
  await publish(...bodies)
  await limit(channel, 100)
  return { connection, channel, stream, publish }
}

function declareStream(channel: RawChannel, queue: string): Promise<string> {
  return channel.declareQueue({ queue, durable: true, exclusive: false, arguments: STREAM })
}

async function limit(channel: RawChannel, prefetchCount: number, global = false): Promise<void> {
  await channel.send(BASIC_QOS, { prefetchCount, global }).expect(BASIC_QOS_OK)
}

describe('what a stream does not do', () => {
  const inQueue = (stream: string) => `queue '${stream}' in vhost '/'`

  test('basic.get', async ({ broker }) => {
    const { connection, channel, stream } = await setStage(broker)
    channel.send(BASIC_GET, { queue: stream })
    const reason = `basic.get not supported by stream queues ${inQueue(stream)}`
    await connection.expectClose(540, `NOT_IMPLEMENTED - ${reason}`, BASIC_GET)
  })

  test('queue.purge', async ({ broker }) => {
    const { connection, channel, stream } = await setStage(broker)
    channel.send(QUEUE_PURGE, { queue: stream })
    const reason = `queue.purge not supported by stream queues ${inQueue(stream)}`
    await connection.expectClose(540, `NOT_IMPLEMENTED - ${reason}`, QUEUE_PURGE)
  })

  test('basic.consume with no-ack', async ({ broker }) => {
    const { connection, channel, stream } = await setStage(broker)
    channel.send(BASIC_CONSUME, { queue: stream, noAck: true })
    const reason = `automatic acknowledgement not supported by stream queues ${inQueue(stream)}`
    await connection.expectClose(540, `NOT_IMPLEMENTED - ${reason}`, BASIC_CONSUME)
  })

  test('basic.consume on a channel with a limit for all consumers', async ({ broker }) => {
    const { connection, channel, stream } = await setStage(broker)
    await limit(channel, 10, true)
    channel.send(BASIC_CONSUME, { queue: stream })
    const reason = `${inQueue(stream)} does not support global qos`
    await connection.expectClose(540, `NOT_IMPLEMENTED - ${reason}`, BASIC_CONSUME)
  })

  test('basic.consume without a limit', async ({ broker }) => {
    const { channel, stream } = await setStage(broker)
    await limit(channel, 0)
    channel.send(BASIC_CONSUME, { queue: stream, noAck: true })
    const reason = `consumer prefetch count is not set for '${inQueue(stream)}'`
    await channel.expectClose(406, `PRECONDITION_FAILED - ${reason}`, BASIC_CONSUME)
  })

  test('priorities of consumers', async ({ broker }) => {
    const { channel, stream } = await setStage(broker)
    channel.send(BASIC_CONSUME, { queue: stream, arguments: { 'x-priority': 5 } })
    const what = `invalid arg 'x-priority' for ${inQueue(stream)} of queue type`
    const reply = `PRECONDITION_FAILED - ${what} rabbit_stream_queue`
    await channel.expectClose(406, reply, BASIC_CONSUME)
  })

  test('exclusive consumers, who share it with others', async ({ broker }) => {
    const { channel, stream } = await setStage(broker)
    await channel.consume(stream, { exclusive: true })
    await channel.consume(stream)
    await channel.consume(stream, { exclusive: true })
  })
})

describe('x-stream-offset', () => {
  const seconds = (value: number): FieldValue => ({ type: 'T', value: BigInt(value) })

  test.for([
    ['first', text('first'), ['0', '1', '2', '3', '4']],
    ['last', text('last'), ['4']],
    ['next', text('next'), []],
    ['an offset', long(3), ['3', '4']],
    ['an offset of 8 bits', { type: 'b', value: 3 }, ['3', '4']],
    ['an offset before all', long(-1), ['0', '1', '2', '3', '4']],
    ['a time before all', seconds(0), ['0', '1', '2', '3', '4']],
    ['an age', text('1h'), ['0', '1', '2', '3', '4']],
    ['octets', { type: 'x', value: Buffer.from('last') }, ['4']],
  ] as [string, FieldValue, string[]][])('of %s', async ([, offset, expected], { broker }) => {
    const { channel, stream, publish } = await setStage(broker, '0', '1', '2', '3', '4')
    await channel.consume(stream, { arguments: offsetArgument(offset) })
    // What comes behind shows that nothing else came before.
    await publish('more')
    expect(await channel.bodies(expected.length + 1)).toEqual([...expected, 'more'])
  })

  test('is next unless it is given', async ({ broker }) => {
    const { channel, stream, publish } = await setStage(broker, '0', '1')
    await channel.consume(stream)
    await publish('2')
    expect(await channel.bodies(1)).toEqual(['2'])
  })

  test('beyond the end is waited for', async ({ broker }) => {
    const { channel, stream, publish } = await setStage(broker, '0')
    await channel.consume(stream, { arguments: offsetArgument(long(2)) })
    await publish('1', '2', '3')
    expect(await channel.bodies(2)).toEqual(['2', '3'])
  })

  test.for(['0s', '1.5h', '5', '1 h', '1hx', '1d'])('of %o is none', async (word, { broker }) => {
    const { channel, stream } = await setStage(broker)
    channel.send(BASIC_CONSUME, { queue: stream, arguments: { 'x-stream-offset': word } })
    const reason = `{invalid_stream_offset_arg,{longstr,<<"${word}">>}}`
    const what = `invalid arg 'x-stream-offset' for queue '${stream}' in vhost '/': ${reason}`
    await channel.expectClose(406, `PRECONDITION_FAILED - ${what}`, BASIC_CONSUME)
  })

  test.for([
    [text('First'), '{longstr,<<"First">>}'],
    [text(''), '{longstr,<<"">>}'],
    [{ type: 't', value: true }, '{bool,true}'],
    [{ type: 'd', value: 1.5 }, '{double,1.5}'],
    [{ type: 'V', value: null }, '{void,undefined}'],
  ] as [FieldValue, string][])(
    'that is no offset at all: %o',
    async ([value, printed], { broker }) => {
      const { connection, channel, stream } = await setStage(broker)
      channel.send(BASIC_CONSUME, { queue: stream, arguments: offsetArgument(value) })
      const reason = `{invalid_stream_offset_arg,${printed}}`
      const what = `invalid arg 'x-stream-offset' for queue '${stream}' in vhost '/': ${reason}`
      const outcome = { rabbitmq: INTERNAL, leveret: `PRECONDITION_FAILED - ${what}` }
      if (broker.isRabbit) await connection.expectClose(541, outcome.rabbitmq.slice(4), 0)
      else await channel.expectClose(406, outcome.leveret, BASIC_CONSUME)
    },
  )
})

describe('a stream', () => {
  test('gives all messages to all consumers, again and again', async ({ broker }) => {
    const { connection, channel, stream, publish } = await setStage(broker, '0', '1', '2')
    const other = await connection.channel(2)
    await limit(other, 10)
    const first = { arguments: { 'x-stream-offset': 'first' } }
    await channel.consume(stream, first)
    expect(await channel.bodies(3)).toEqual(['0', '1', '2'])
    channel.send(BASIC_ACK, { deliveryTag: 3, multiple: true })
    await other.consume(stream, first)
    expect(await other.bodies(3)).toEqual(['0', '1', '2'])
    await publish('3')
    expect(await channel.bodies(1)).toEqual(['3'])
    expect(await other.bodies(1)).toEqual(['3'])
  })

  test('tells the offset of each message, and changes nothing else', async ({ broker }) => {
    const { channel, stream, publish } = await setStage(broker)
    const headers = fieldTableFromObject({ a: 1, 'x-stream-offset': 'mine', z: 'last' })
    const properties = {
      contentType: 'text/plain',
      contentEncoding: 'utf-8',
      deliveryMode: 1,
      priority: 5,
      correlationId: 'correlation',
      replyTo: 'reply',
      expiration: '1',
      messageId: 'message',
      timestamp: 5n,
      type: 'type',
      userId: 'guest',
      appId: 'app',
    }
    await publish('plain', { body: 'rich', properties: { ...properties, headers } }, '', {
      body: 'x'.repeat(100_000),
      properties: { contentType: 'large' },
    })
    await channel.consume(stream, { arguments: { 'x-stream-offset': 'first' } })
    const [plain, rich, empty, large] = await channel.deliveries(4)
    const offset = (value: number) => new Map([['x-stream-offset', long(value)]])
    expect(plain).toMatchObject({ redelivered: false, exchange: '', routingKey: stream })
    expect(plain?.properties.headers).toEqual(offset(0))
    expect(rich?.body).toBe('rich')
    const { headers: richHeaders, ...rest } = rich?.properties ?? {}
    expect(rest).toEqual(properties)
    expect(Object.fromEntries(richHeaders ?? [])).toEqual(
      Object.fromEntries([...headers, ['x-stream-offset', long(1)]]),
    )
    expect(empty?.body).toBe('')
    expect(empty?.properties.headers).toEqual(offset(2))
    expect(large?.body).toBe('x'.repeat(100_000))
    expect(large?.properties).toMatchObject({ contentType: 'large', headers: offset(3) })
  })

  test('gives as many at a time as the consumer may hold', async ({ broker }) => {
    const { channel, stream } = await setStage(broker, '0', '1', '2', '3', '4')
    await limit(channel, 2)
    await channel.consume(stream, { arguments: { 'x-stream-offset': 'first' } })
    expect(await channel.bodies(2)).toEqual(['0', '1'])
    await channel.expectNoDelivery(stream)
    expect(await channel.send(BASIC_ACK, { deliveryTag: 1 }).bodies(1)).toEqual(['2'])
    channel.send(BASIC_ACK, { deliveryTag: 3, multiple: true })
    expect(await channel.bodies(2)).toEqual(['3', '4'])
  })

  test('goes with its messages when it is deleted', async ({ broker }) => {
    const { channel, stream, publish } = await setStage(broker, '0')
    await channel.send(QUEUE_DELETE, { queue: stream }).expect(QUEUE_DELETE_OK)
    await declareStream(channel, stream)
    await publish('new')
    channel.send(BASIC_CONSUME, { queue: stream, arguments: { 'x-stream-offset': 'first' } })
    await channel.expect(BASIC_CONSUME_OK)
    expect(await channel.bodies(1)).toEqual(['new'])
  })
})
