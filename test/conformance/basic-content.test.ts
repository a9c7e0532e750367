// The frames of a message: header and body where they are due, and nothing else. Spec 4.2.6; rabbitmq-errors
// rows 25, 56, 63.

import {
  BASIC_PUBLISH,
  BASIC_QOS,
  BASIC_RETURN,
  CHANNEL_CLOSE,
  CLASS_QUEUE,
  CONNECTION_CLOSE,
  encodeBodyFrames,
  encodeContentHeaderFrame,
  FRAME_HEADER,
} from 'amqp-codec'
import { describe, expect } from 'vitest'
import { test } from '../support/raw-client-broker.ts'
import type { RawChannel } from '../support/raw-client-channel.ts'

const NOT_DUE = 'UNEXPECTED_FRAME - expected method frame, got non method frame instead'
const HEADER_DUE =
  'UNEXPECTED_FRAME - expected content header for class 60, got non content header frame instead'
const BODY_DUE = 'UNEXPECTED_FRAME - expected content body, got non content body frame instead'

type Mistake = [what: string, send: (channel: RawChannel) => unknown]

describe('content that is not due', () => {
  const mistakes: Mistake[] = [
    ['a header without a method', (it) => it.sendHeader(1)],
    ['a body without a method', (it) => it.sendBody('x')],
    ['a header behind a method without content', (it) => it.send(BASIC_QOS).sendHeader(1)],
    ['a body behind a complete one', (it) => it.publish({ body: 'x' }).sendBody('y')],
    ['an empty body behind an empty message', (it) => it.publish({ body: '' }).sendBody('')],
  ]
  test.for(mistakes)('%s', async ([, send], { broker }) => {
    const connection = await broker.connect()
    send(await connection.channel())
    const channel = connection.control
    // The answer to a method before it may come first, on its own channel.
    expect(await channel.expect(CONNECTION_CLOSE)).toMatchObject({
      replyCode: 505,
      replyText: NOT_DUE,
      classId: 0,
      methodId: 0,
    })
  })
})

describe('something else where a content header is due', () => {
  const mistakes: Mistake[] = [
    ['a method', (it) => it.send(BASIC_QOS)],
    ['another publish', (it) => it.send(BASIC_PUBLISH)],
    ['channel.close', (it) => it.send(CHANNEL_CLOSE)],
    ['a body', (it) => it.sendBody('x')],
  ]
  test.for(mistakes)('%s', async ([, send], { broker }) => {
    const connection = await broker.connect()
    const channel = await connection.channel()
    send(channel.send(BASIC_PUBLISH))
    await connection.expectClose(505, HEADER_DUE, BASIC_PUBLISH)
  })

  test('a header of another class', async ({ broker }) => {
    const connection = await broker.connect()
    const channel = await connection.channel()
    const header = encodeContentHeaderFrame(1, 1, {})
    header.writeUInt16BE(CLASS_QUEUE, 7)
    channel.send(BASIC_PUBLISH).wire.write(header)
    const text =
      'UNEXPECTED_FRAME - expected content header for class 60, got one for class 50 instead'
    await connection.expectClose(505, text, BASIC_PUBLISH)
  })

  test('a header with a weight', async ({ broker }) => {
    const connection = await broker.connect()
    const channel = await connection.channel()
    const header = encodeContentHeaderFrame(1, 1, {})
    header.writeUInt16BE(1, 9)
    channel.send(BASIC_PUBLISH).wire.write(header)
    await connection.expectClose(505, HEADER_DUE, BASIC_PUBLISH)
  })
})

describe('something else where a body is due', () => {
  const mistakes: Mistake[] = [
    ['a method', (it) => it.send(BASIC_QOS)],
    ['another publish', (it) => it.send(BASIC_PUBLISH)],
    ['channel.close', (it) => it.send(CHANNEL_CLOSE)],
    ['a second header', (it) => it.sendHeader(5)],
    ['a method behind half of it', (it) => it.sendBody('half').send(BASIC_QOS)],
  ]
  test.for(mistakes)('%s', async ([, send], { broker }) => {
    const connection = await broker.connect()
    const channel = await connection.channel()
    send(channel.send(BASIC_PUBLISH).sendHeader(10))
    await connection.expectClose(505, BODY_DUE, BASIC_PUBLISH)
  })
})

describe('a body longer than announced', () => {
  test.for([
    ['in one frame', ['123456']],
    ['in its second frame', ['123', '456']],
  ] as const)('%s', async ([, frames], { broker }) => {
    const connection = await broker.connect()
    const channel = await connection.channel()
    channel.send(BASIC_PUBLISH, { routingKey: broker.queueName() }).sendHeader(5)
    for (const frame of frames) channel.sendBody(frame)
    const text = 'FRAME_ERROR - content body frame exceeds remaining content size'
    // RabbitMQ 3.10 waits for still more body; whatever comes instead is one frame too late.
    const waits = () => {
      channel.send(BASIC_QOS)
      return connection.expectClose(505, BODY_DUE, BASIC_PUBLISH)
    }
    const refuses = () => connection.expectClose(501, text, BASIC_PUBLISH)
    await broker.expected({ rabbitmq: waits, leveret: refuses })()
  })
})

describe('a message larger than 128 MiB', () => {
  test('is refused, and its channel closed, before anything else is looked at', async ({
    broker,
  }) => {
    const size = 134_217_729
    const channel = await broker.channel()
    channel.send(BASIC_PUBLISH, { exchange: 'missing' }).sendHeader(size)
    const frame = encodeBodyFrames(1, Buffer.alloc(131_064), 131_072)
    const last = encodeBodyFrames(1, Buffer.alloc(size % 131_064), 131_072)
    for (let sent = 131_064; sent < size; sent += 131_064) await channel.wire.write(frame).flushed()
    channel.wire.write(last)
    const what = `message size ${size} is larger than configured max size 134217728`
    await channel.expectClose(406, `PRECONDITION_FAILED - ${what}`, BASIC_PUBLISH)
  })
})

describe('properties that cannot be decoded', () => {
  test.for([
    ['cut short', '8000' + '0561'],
    ['missing', '8000'],
    ['with more behind them', '0000' + 'ffff'],
    ['with more flags to come', '0001' + '0000'],
    ['with headers that are no table', '2000' + '00000003' + '01615a'],
  ] as const)('%s', async ([, octets], { broker }) => {
    const connection = await broker.connect()
    const channel = await connection.channel()
    const fixed = Buffer.from('003c' + '0000' + '0000000000000000', 'hex')
    channel.send(BASIC_PUBLISH, { routingKey: broker.queueName() })
    channel.wire.sendFrame(FRAME_HEADER, 1, Buffer.concat([fixed, Buffer.from(octets, 'hex')]))
    await connection.expectClose(541, 'INTERNAL_ERROR', 0)
  })
})

describe('a message may come', () => {
  test('with empty frames between the others', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    channel.send(BASIC_PUBLISH, { routingKey: queue }).sendHeader(2)
    for (const piece of ['', 'a', '', '', 'b']) channel.sendBody(piece)
    expect(await channel.drain(queue)).toEqual(['ab'])
  })

  test('one octet a frame', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    const body = 'a message in very small pieces'
    channel.send(BASIC_PUBLISH, { routingKey: queue }).sendHeader(body.length)
    for (const piece of body) channel.sendBody(piece)
    expect(await channel.drain(queue)).toEqual([body])
  })

  test('interleaved with one on another channel', async ({ broker }) => {
    const connection = await broker.connect()
    const [first, second] = [await connection.channel(1), await connection.channel(2)]
    const queue = await first.declareQueue()
    first.send(BASIC_PUBLISH, { routingKey: queue })
    second.send(BASIC_PUBLISH, { routingKey: queue })
    first.sendHeader(4)
    second.sendHeader(4)
    first.sendBody('on')
    second.sendBody('tw').sendBody('o!')
    expect(await second.drain(queue)).toEqual(['two!'])
    first.sendBody('e!')
    expect(await first.drain(queue)).toEqual(['one!'])
  })

  test('with a content type that is not UTF-8', async ({ broker }) => {
    const channel = await broker.channel()
    const header = Buffer.from('003c' + '0000' + '0000000000000000' + '8000' + '02fffe', 'hex')
    channel.send(BASIC_PUBLISH, { routingKey: broker.queueName(), mandatory: true })
    channel.wire.sendFrame(FRAME_HEADER, 1, header)
    await channel.expectMessage(BASIC_RETURN)
  })
})
