// Octets that are no frames, or frames that are no methods. All of it ends the connection, and the
// close names no method unless one could be read. Spec 2.3, 4.2; rabbitmq-errors rows 53 to 56, 64.

import {
  BASIC_PUBLISH,
  BASIC_QOS,
  BASIC_RETURN,
  CHANNEL_OPEN,
  CHANNEL_OPEN_OK,
  CONNECTION_CLOSE,
  encodeMethodFrame,
  FRAME_BODY,
  FRAME_HEADER,
  FRAME_HEARTBEAT,
  FRAME_METHOD,
  QUEUE_BIND,
  QUEUE_DECLARE,
  QUEUE_DECLARE_OK,
} from 'amqp-codec'
import { describe, expect, vi } from 'vitest'
import type { RawConnection } from '../support/raw-client.ts'
import { type BrokerUnderTest, test } from '../support/raw-client-broker.ts'
import { method } from '../support/raw-client-method.ts'
import { frameHeader } from '../support/raw-client-wire.ts'

// RabbitMQ lets some of these wait for seconds before it ends the connection.
vi.setConfig({ maxConcurrency: 20 })

const LONG = Buffer.from('hello0123456789abcdefghijk')

/** The head of a queue.declare for a queue called B, up to the flags; a table must follow. */
const DECLARE_B = Buffer.from('0000' + '0142' + '10', 'hex')

async function withOpenChannel(broker: BrokerUnderTest): Promise<RawConnection> {
  const connection = await broker.connect()
  await connection.channel()
  return connection
}

describe('a frame of a type that does not exist', () => {
  test.for([0, 4, 5, 6, 7, 9, 206, 255])('type %i', async (type, { broker }) => {
    const connection = await withOpenChannel(broker)
    connection.wire.sendFrame(type, 1, Buffer.from('hello'))
    const octets = 'all octets = <<"hello">>'
    await connection.expectClose(501, `FRAME_ERROR - type ${type}, ${octets}: unknown_frame`, 0)
  })

  test('shows its first 16 octets when there are more', async ({ broker }) => {
    const connection = await broker.connect()
    connection.wire.sendFrame(4, 0, LONG)
    const octets = 'first 16 octets = <<"hello0123456789a">>'
    await connection.expectClose(501, `FRAME_ERROR - type 4, ${octets}: unknown_frame`, 0)
  })

  test('shows that it is empty', async ({ broker }) => {
    const connection = await broker.connect()
    connection.wire.sendFrame(4, 0, Buffer.alloc(0))
    await connection.expectClose(501, 'FRAME_ERROR - type 4, all octets = <<>>: unknown_frame', 0)
  })
})

describe('a heartbeat', () => {
  test.for([
    ['an open channel', 1],
    ['a channel that was never opened', 7],
  ] as const)('on %s', async ([, channel], { broker }) => {
    const connection = await withOpenChannel(broker)
    connection.wire.sendFrame(FRAME_HEARTBEAT, channel, Buffer.alloc(0))
    await connection.expectClose(505, 'UNEXPECTED_FRAME - type 8, all octets = <<>>', 0)
  })

  test('with something in it', async ({ broker }) => {
    const connection = await broker.connect()
    connection.wire.sendFrame(FRAME_HEARTBEAT, 0, Buffer.from('abc'))
    const text = 'FRAME_ERROR - type 8, all octets = <<"abc">>: unknown_frame'
    await connection.expectClose(501, text, 0)
  })
})

describe.concurrent('a frame that does not end with octet 206', () => {
  test.for([
    ['short', FRAME_METHOD, Buffer.from('hello'), 'all octets = <<"hello">>'],
    ['long', FRAME_BODY, LONG, 'first 16 octets = <<"hello0123456789a">>'],
    ['empty', FRAME_BODY, Buffer.alloc(0), 'all octets = <<>>'],
  ] as const)('%s', async ([, type, payload, octets], { broker }) => {
    const connection = await broker.connect()
    connection.wire.sendFrame(type, 0, payload, 7)
    const text = `FRAME_ERROR - type ${type}, ${octets}: {invalid_frame_end_marker,7}`
    await connection.expectClose(501, text, 0)
    await connection.wire.ended()
  })
})

describe.concurrent('a frame larger than negotiated', () => {
  test.for([
    ['by one octet', 131072, 131073],
    ['by as much as can be', 131072, 0xffffffff],
    ['where small frames were agreed on', 4096, 4097],
  ] as const)('is refused before it has come: %s', async ([, frameMax, size], { broker }) => {
    const connection = await broker.connect({ tune: { frameMax } })
    connection.wire.write(frameHeader(FRAME_BODY, 1, size))
    const error = `{frame_too_large,${size},${frameMax - 8}}`
    await connection.expectClose(501, `FRAME_ERROR - type 3, all octets = <<>>: ${error}`, 0)
    await connection.wire.ended()
  })

  test('is taken while only its own 8 octets are too much', async ({ broker }) => {
    const channel = await broker.channel({ tune: { frameMax: 4096 } })
    channel.publish({ routingKey: broker.queueName(), mandatory: true, body: 'x'.repeat(4096) })
    await channel.expectMessage(BASIC_RETURN)
  })
})

describe('a payload that is too short for what it should be', () => {
  test.for([
    ['a method without its ids', FRAME_METHOD, '003c03', '<<0,60,3>>'],
    ['an empty method', FRAME_METHOD, '', '<<>>'],
    ['half a content header', FRAME_HEADER, '003c0000000000000000', '<<0,60,0,0,0,0,0,0,0,0>>'],
    ['an empty content header', FRAME_HEADER, '', '<<>>'],
  ] as const)('%s', async ([, type, octets, shown], { broker }) => {
    const connection = await withOpenChannel(broker)
    connection.on(1).send(BASIC_PUBLISH)
    connection.wire.sendFrame(type, 1, Buffer.from(octets, 'hex'))
    const text = `FRAME_ERROR - type ${type}, all octets = ${shown}: unknown_frame`
    await connection.expectClose(501, text, 0)
  })
})

describe('a method that nobody knows', () => {
  test.for([
    ['of a known class', 1, 0x003c03e7],
    ['of an unknown class', 1, 0x03e70001],
    ['on channel 0', 0, 0x000a03e7],
    ['on a channel that was never opened', 5, 0x003c03e7],
  ] as const)('%s', async ([, channel, id], { broker }) => {
    const connection = await withOpenChannel(broker)
    connection.on(channel).sendArguments(id, Buffer.alloc(0))
    const ends = () => connection.wire.ended()
    const tells = async () => {
      const close = await connection.control.expect(CONNECTION_CLOSE)
      expect(close).toMatchObject({
        replyCode: 503,
        replyText: 'COMMAND_INVALID - unimplemented method',
        classId: id >>> 16,
        methodId: id & 0xffff,
      })
    }
    await broker.expected({ rabbitmq: ends, leveret: tells })()
  })
})

describe('arguments that cannot be decoded', () => {
  const declare = (rest: string) => Buffer.concat([DECLARE_B, Buffer.from(rest, 'latin1')])
  test.for([
    ['cut short', QUEUE_DECLARE, Buffer.from('0000' + '0541', 'hex')],
    ['with more behind them', BASIC_QOS, Buffer.from('00000000' + '0001' + '00' + 'ffff', 'hex')],
    ['with a table longer than the frame', QUEUE_DECLARE, declare('\x00\x00\x00\xff\x01at\x01')],
  ] as const)('%s', async ([, id, octets], { broker }) => {
    const connection = await withOpenChannel(broker)
    connection.on(1).sendArguments(id, octets)
    await connection.expectClose(501, `FRAME_ERROR - cannot decode <<${octets.join()}>>`, id)
  })

  test.for([
    ['a field of an unknown type in a table', declare('\x00\x00\x00\x04\x01aZ\x01')],
    ['a field cut short by the end of its table', declare('\x00\x00\x00\x04\x01aI\x01')],
    ['a name that goes beyond its table', declare('\x00\x00\x00\x03\x09at')],
  ] as const)('%s', async ([, octets], { broker }) => {
    const connection = await withOpenChannel(broker)
    connection.on(1).sendArguments(QUEUE_DECLARE, octets)
    const tells = () =>
      connection.expectClose(501, `FRAME_ERROR - cannot decode <<${octets.join()}>>`, QUEUE_DECLARE)
    await broker.expected({ rabbitmq: () => connection.wire.ended(), leveret: tells })()
  })

  test.for([
    ['a queue name', QUEUE_DECLARE, '0000' + '02fffe' + '02' + '00000000'],
    ['a binding key', QUEUE_BIND, '0000' + '0142' + '0142' + '02fffe' + '00' + '00000000'],
  ] as const)('%s that is not UTF-8', async ([, id, octets], { broker }) => {
    const connection = await withOpenChannel(broker)
    connection.on(1).sendArguments(id, Buffer.from(octets, 'hex'))
    await connection.expectClose(501, 'FRAME_ERROR - Malformed UTF-8 in shortstr', 0)
  })
})

describe('what looks wrong and is taken', () => {
  test('flags that no method has', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    const name = Buffer.concat([Buffer.from([0, 0, queue.length]), Buffer.from(queue)])
    const passiveAndMore = Buffer.from('e1' + '00000000', 'hex')
    channel.sendArguments(QUEUE_DECLARE, Buffer.concat([name, passiveAndMore]))
    await channel.expect(QUEUE_DECLARE_OK)
  })

  test('a routing key that is not UTF-8', async ({ broker }) => {
    const channel = await broker.channel()
    channel.sendArguments(BASIC_PUBLISH, Buffer.from('0000' + '00' + '02fffe' + '01', 'hex'))
    await channel.sendHeader(0).expectMessage(BASIC_RETURN)
  })

  test('a whole conversation that comes octet by octet', async ({ broker }) => {
    const connection = await broker.connect()
    const open = encodeMethodFrame(1, method(CHANNEL_OPEN, {}))
    for (const octet of open) connection.wire.write(Buffer.from([octet]))
    await connection.on(1).expect(CHANNEL_OPEN_OK)
  })
})
