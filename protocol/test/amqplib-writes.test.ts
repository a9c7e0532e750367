// What amqplib, an independent implementation, writes through its public surface must decode to what
// was asked of it, and encode to the same bytes again.

import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import * as codec from '../src/index.ts'
import {
  contentHeaderBodySize,
  decodeProperties,
  encodeBodyFrames,
  encodeContentHeaderFrame,
  encodeMethodFrame,
  type FieldTable,
  type FieldValue,
  FRAME_BODY,
  FRAME_HEADER,
  FRAME_METHOD,
  type Method,
  PROTOCOL_HEADER,
} from '../src/index.ts'
import { toAmqplib, withoutBytes } from './support/amqplib-fields.ts'
import {
  amqplibProperties,
  codecProperties,
  deliver,
  deliveries,
  startAmqplib,
} from './support/amqplib-session.ts'
import { fieldTable } from './support/arbitraries.ts'
import type { ReceivedFrame, ScriptedServer } from './support/scripted-server.ts'

let server: ScriptedServer
let connection: ChannelModel
let channel: Channel

beforeEach(async () => {
  ;({ server, connection, channel } = await startAmqplib())
})

afterEach(() => server.close())

/** The bytes that the codec makes of what it understood of a frame. */
function encodedAgain({ type, channel: number, bytes, method }: ReceivedFrame): Buffer {
  const end = bytes.length - 1
  if (type === FRAME_METHOD) return encodeMethodFrame(number, method as Method)
  if (type === FRAME_BODY) return encodeBodyFrames(number, bytes.subarray(7, end), 0)
  expect(type).toBe(FRAME_HEADER)
  const properties = decodeProperties(bytes, 7, end)
  return encodeContentHeaderFrame(number, contentHeaderBodySize(bytes, 7), properties)
}

function expectSameBytesAgain(): void {
  for (const frame of server.frames) {
    expect(encodedAgain(frame).toString('hex')).toBe(frame.bytes.toString('hex'))
  }
}

test('the handshake', () => {
  expect(server.protocolHeader).toEqual(PROTOCOL_HEADER)
  expect(server.received(codec.CONNECTION_START_OK)).toMatchObject({
    mechanism: 'PLAIN',
    response: Buffer.from('\0user\0p@ss'),
    locale: 'en_US',
  })
  expect(server.received(codec.CONNECTION_TUNE_OK)).toEqual({
    id: codec.CONNECTION_TUNE_OK,
    channelMax: 2047,
    frameMax: 131072,
    heartbeat: 0,
  })
  expect(server.received(codec.CONNECTION_OPEN)).toMatchObject({ virtualHost: 'a/b' })
  expectSameBytesAgain()
})

test('declarations, bindings and their opposites', async () => {
  await channel.assertExchange('x', 'topic', { autoDelete: true, alternateExchange: 'other' })
  await channel.checkExchange('x')
  await channel.assertQueue('q', { exclusive: true, maxLength: 10, expires: 70_000 })
  await channel.checkQueue('q')
  await channel.bindQueue('q', 'x', 'a.#', { 'x-match': 'all', deep: { list: [1, 'two', null] } })
  await channel.unbindQueue('q', 'x', 'a.#')
  await channel.bindExchange('x', 'y', 'k')
  await channel.unbindExchange('x', 'y', 'k')
  await channel.purgeQueue('q')
  await channel.deleteQueue('q', { ifEmpty: true })
  await channel.deleteExchange('x', { ifUnused: true })

  expect(
    server.frames.findLast(({ method }) => method?.id === codec.QUEUE_DECLARE && !method.passive)
      ?.method,
  ).toEqual({
    id: codec.QUEUE_DECLARE,
    ticket: 0,
    queue: 'q',
    passive: false,
    durable: true,
    exclusive: true,
    autoDelete: false,
    nowait: false,
    arguments: new Map<string, FieldValue>([
      ['x-expires', { type: 'I', value: 70_000 }],
      ['x-max-length', { type: 'b', value: 10 }],
    ]),
  })
  expect(server.received(codec.QUEUE_BIND)).toMatchObject({ routingKey: 'a.#', exchange: 'x' })
  expect(server.received(codec.EXCHANGE_BIND)).toMatchObject({ destination: 'x', source: 'y' })
  expect(server.received(codec.QUEUE_DELETE)).toMatchObject({ ifUnused: false, ifEmpty: true })
  expect(server.received(codec.EXCHANGE_DELETE)).toMatchObject({ ifUnused: true })
  expectSameBytesAgain()
})

test('consuming, settling, and closing', async () => {
  server.answers.set(codec.BASIC_CONSUME_OK, { consumerTag: 'tag' })
  server.answers.set(codec.BASIC_CANCEL_OK, { consumerTag: 'tag' })
  await channel.prefetch(300, true)
  const settled = deliveries(3)
  await channel.consume('q', settled.take, { consumerTag: 'tag', noLocal: true, priority: 5 })
  for (let tag = 1; tag <= 3; tag++) deliver(server, { deliveryTag: 2 ** 40 + tag })
  const [first, second, third] = await settled.all
  channel.ack(first as ConsumeMessage, true)
  channel.nack(second as ConsumeMessage, false, false)
  channel.reject(third as ConsumeMessage, true)
  await channel.recover()
  await channel.cancel('tag')
  await connection.updateSecret(Buffer.from([0, 255]), 'expired')
  await channel.close()
  await connection.close()

  expect(server.received(codec.BASIC_QOS)).toMatchObject({ prefetchCount: 300, global: true })
  expect(server.received(codec.BASIC_CONSUME)).toMatchObject({
    consumerTag: 'tag',
    noLocal: true,
    noAck: false,
    exclusive: false,
    arguments: new Map([['x-priority', { type: 'b', value: 5 }]]),
  })
  expect(server.received(codec.BASIC_ACK)).toMatchObject({
    deliveryTag: 2 ** 40 + 1,
    multiple: true,
  })
  expect(server.received(codec.BASIC_NACK)).toMatchObject({
    deliveryTag: 2 ** 40 + 2,
    requeue: false,
  })
  expect(server.received(codec.BASIC_REJECT)).toMatchObject({
    deliveryTag: 2 ** 40 + 3,
    requeue: true,
  })
  expect(server.received(codec.CONNECTION_UPDATE_SECRET)).toMatchObject({
    newSecret: Buffer.from([0, 255]),
    reason: 'expired',
  })
  expect(server.received(codec.CHANNEL_CLOSE)).toMatchObject({ replyCode: 200 })
  expectSameBytesAgain()
})

test('published messages with every property and with bodies of several frames', async () => {
  const body = Buffer.alloc(300_000, 'body')
  channel.publish('x', 'a.b', body, { ...amqplibProperties, mandatory: true })
  channel.sendToQueue('q', Buffer.alloc(0))
  await channel.recover()

  expect(server.received(codec.BASIC_PUBLISH)).toMatchObject({ exchange: '', routingKey: 'q' })
  const header = server.frames.find((frame) => frame.type === FRAME_HEADER)?.bytes as Buffer
  expect(decodeProperties(header, 7, header.length - 1)).toEqual(codecProperties)
  expect(contentHeaderBodySize(header, 7)).toBe(body.length)
  const pieces = server.frames.filter((frame) => frame.type === FRAME_BODY)
  expect(Buffer.concat(pieces.map(({ bytes }) => bytes.subarray(7, -1))).equals(body)).toBe(true)
  expect(
    Buffer.concat(pieces.map(({ bytes }) => bytes)).equals(encodeBodyFrames(1, body, 131072)),
  ).toBe(true)
  expectSameBytesAgain()
})

test('every type of field that amqplib can write', async () => {
  const typed = (type: string, value: unknown) => ({ '!': type, value })
  const headers = {
    t: true,
    b: typed('int8', -128),
    B: typed('uint8', 255),
    s: typed('int16', -32768),
    u: typed('uint16', 65535),
    I: typed('int32', -2147483648),
    i: typed('uint32', 4294967295),
    l: typed('int64', -(2n ** 63n)),
    T: typed('timestamp', 2n ** 64n - 1n),
    f: typed('float', 1.5),
    d: 0.1,
    D: typed('decimal', { places: 2, digits: 314 }),
    S: 'string',
    A: [1, [2]],
    F: { nested: { deeper: null } },
    V: null,
    x: Buffer.from([0, 255]),
  }
  channel.publish('', 'q', Buffer.alloc(0), { headers })
  await channel.recover()

  const header = server.frames.find((frame) => frame.type === FRAME_HEADER)?.bytes as Buffer
  const decoded = codec.readHeaders(header, 7, header.length - 1) as FieldTable
  for (const [name, field] of decoded) expect(field.type).toBe(name)
  expect(decoded.get('l')?.value).toBe(-(2n ** 63n))
  expect(decoded.get('T')?.value).toBe(2n ** 64n - 1n)
  expect(decoded.get('D')?.value).toEqual({ scale: 2, unscaled: 314 })
  expectSameBytesAgain()
})

test('any headers of amqplib decode to the same values and encode to the same bytes', async () => {
  await fc.assert(
    fc.asyncProperty(fieldTable, async (table) => {
      const headers = Object.fromEntries(Array.from(table, ([key, f]) => [key, toAmqplib(f)]))
      server.frames.length = 0
      channel.publish('', 'q', Buffer.alloc(0), { headers })
      await channel.recover()
      const header = server.frames.find((frame) => frame.type === FRAME_HEADER)?.bytes as Buffer
      const decoded = codec.readHeaders(header, 7, header.length - 1) as FieldTable
      expect(new Map(decoded)).toEqual(withoutBytes(table))
      expectSameBytesAgain()
    }),
    { numRuns: 50 },
  )
})
