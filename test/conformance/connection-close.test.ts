// Closing a connection from either side, and methods that have no place on channel 0 or off it.
// Spec 1.4.2.8; rabbitmq-errors section 1 and rows 59, 62, 64.

import {
  BASIC_GET,
  BASIC_PUBLISH,
  CHANNEL_OPEN,
  CONNECTION_BLOCKED,
  CONNECTION_CLOSE,
  CONNECTION_CLOSE_OK,
  CONNECTION_OPEN,
  CONNECTION_START_OK,
  CONNECTION_TUNE,
  CONNECTION_TUNE_OK,
  CONNECTION_UPDATE_SECRET,
  CONNECTION_UPDATE_SECRET_OK,
  QUEUE_DECLARE,
  TX_SELECT,
} from 'amqp-codec'
import { describe, expect } from 'vitest'
import { test } from '../support/raw-client-broker.ts'
import type { FieldsOf } from '../support/raw-client-method.ts'

const GOODBYE: FieldsOf<typeof CONNECTION_CLOSE> = { replyCode: 200, replyText: 'goodbye' }
const RUNNING = 'CHANNEL_ERROR - unexpected method in connection state running'

describe('a client that closes', () => {
  test('is answered, and nothing that it sends after that', async ({ broker }) => {
    const connection = await broker.connect()
    const channel = await connection.channel()
    connection.control.send(CONNECTION_CLOSE, GOODBYE)
    channel.send(BASIC_GET, { queue: broker.queueName() })
    await connection.control.expect(CONNECTION_CLOSE_OK)
    connection.wire.destroy()
  })

  test('may do so in the middle of a message', async ({ broker }) => {
    const connection = await broker.connect()
    const channel = await connection.channel()
    channel.send(BASIC_PUBLISH).sendHeader(5)
    await connection.control.send(CONNECTION_CLOSE, GOODBYE).expect(CONNECTION_CLOSE_OK)
  })

  test('loses its exclusive queues before it is answered', async ({ broker }) => {
    const connection = await broker.connect()
    const queue = await (await connection.channel()).declareQueue()
    await connection.control.send(CONNECTION_CLOSE, GOODBYE).expect(CONNECTION_CLOSE_OK)
    const other = await broker.channel()
    other.send(QUEUE_DECLARE, { queue, passive: true })
    await other.expectClose(404, `NOT_FOUND - no queue '${queue}' in vhost '/'`, QUEUE_DECLARE)
  })

  test('has its unacknowledged messages requeued', async ({ broker }) => {
    const queue = broker.queueName()
    const connection = await broker.connect()
    const channel = await connection.channel()
    await channel.declareQueue({ queue, exclusive: false })
    channel.publishAll(queue, ['first', 'second'])
    await channel.get(queue)
    await connection.control.send(CONNECTION_CLOSE, GOODBYE).expect(CONNECTION_CLOSE_OK)
    const other = await broker.channel()
    expect(await other.get(queue)).toMatchObject({ body: 'first', redelivered: true })
    expect(await other.get(queue)).toMatchObject({ body: 'second', redelivered: false })
  })
})

describe('after the broker has closed', () => {
  test('close-ok ends the connection', async ({ broker }) => {
    const connection = await broker.connect()
    connection.control.send(CONNECTION_CLOSE_OK)
    await connection.expectClose(504, RUNNING, CONNECTION_CLOSE_OK)
    await connection.wire.ended()
  })

  test('everything is ignored but the close of the client', async ({ broker }) => {
    const queue = broker.queueName()
    const connection = await broker.connect()
    const channel = await connection.channel()
    connection.control.send(CONNECTION_TUNE)
    await connection.control.expect(CONNECTION_CLOSE)
    channel.send(QUEUE_DECLARE, { queue }).send(CHANNEL_OPEN)
    connection.control.send(QUEUE_DECLARE)
    await connection.control.send(CONNECTION_CLOSE, GOODBYE).expect(CONNECTION_CLOSE_OK)
    const other = await broker.channel()
    other.send(QUEUE_DECLARE, { queue, passive: true })
    await other.expectClose(404, `NOT_FOUND - no queue '${queue}' in vhost '/'`, QUEUE_DECLARE)
  })
})

describe('channel 0', () => {
  test.for([
    ['connection.start-ok', CONNECTION_START_OK],
    ['connection.tune', CONNECTION_TUNE],
    ['connection.tune-ok', CONNECTION_TUNE_OK],
    ['connection.close-ok', CONNECTION_CLOSE_OK],
    ['connection.blocked', CONNECTION_BLOCKED],
    ['channel.open', CHANNEL_OPEN],
    ['queue.declare', QUEUE_DECLARE],
    ['basic.publish', BASIC_PUBLISH],
    ['tx.select', TX_SELECT],
  ] as const)('takes no %s', async ([, id], { broker }) => {
    const connection = await broker.connect()
    connection.control.send(id)
    await connection.expectClose(504, RUNNING, id)
  })

  test('takes no content header', async ({ broker }) => {
    const connection = await broker.connect()
    connection.control.sendHeader(1)
    const octets = '<<0,60,0,0,0,0,0,0,0,0,0,1,0,0>>'
    await connection.expectClose(505, `UNEXPECTED_FRAME - type 2, all octets = ${octets}`, 0)
  })

  test('takes no body', async ({ broker }) => {
    const connection = await broker.connect()
    connection.control.sendBody('x')
    await connection.expectClose(505, 'UNEXPECTED_FRAME - type 3, all octets = <<"x">>', 0)
  })

  test('takes a new secret', async ({ broker }) => {
    const { control } = await broker.connect()
    const renewal = { newSecret: Buffer.from('guest'), reason: 'it was time' }
    await control.send(CONNECTION_UPDATE_SECRET, renewal).expect(CONNECTION_UPDATE_SECRET_OK)
  })
})

describe('any other channel', () => {
  test.for([
    ['connection.open', CONNECTION_OPEN],
    ['connection.close', CONNECTION_CLOSE],
    ['connection.update-secret', CONNECTION_UPDATE_SECRET],
  ] as const)('takes no %s', async ([, id], { broker }) => {
    const connection = await broker.connect()
    ;(await connection.channel()).send(id)
    await connection.expectClose(503, 'COMMAND_INVALID - unimplemented method', id)
  })
})
