// Channel class: opening, numbers, closing from either side, flow. Spec 1.5; rabbitmq-errors section 1
// and rows 59, 60, 71, 77.

import {
  BASIC_DELIVER,
  BASIC_GET,
  BASIC_GET_EMPTY,
  BASIC_PUBLISH,
  BASIC_QOS,
  BASIC_RETURN,
  CHANNEL_CLOSE,
  CHANNEL_CLOSE_OK,
  CHANNEL_FLOW,
  CHANNEL_FLOW_OK,
  CHANNEL_OPEN,
  CHANNEL_OPEN_OK,
  CONNECTION_CLOSE,
  QUEUE_DECLARE,
  QUEUE_DECLARE_OK,
  QUEUE_PURGE,
  TX_SELECT,
  TX_SELECT_OK,
} from 'amqp-codec'
import { describe, expect } from 'vitest'
import { test } from '../support/raw-client-broker.ts'

const GOODBYE = { replyCode: 200, replyText: 'goodbye' }
const NOT_OPEN = "CHANNEL_ERROR - expected 'channel.open'"

describe('channel.open', () => {
  test('is answered', async ({ broker }) => {
    const connection = await broker.connect()
    await connection.channel(1)
    await connection.channel(65535)
  })

  test('a second time closes the connection', async ({ broker }) => {
    const connection = await broker.connect()
    const channel = await connection.channel()
    channel.send(CHANNEL_OPEN)
    await connection.expectClose(504, "CHANNEL_ERROR - second 'channel.open' seen", CHANNEL_OPEN)
  })

  test('counts the open channels, not their numbers, against channel_max', async ({ broker }) => {
    const connection = await broker.connect({ tune: { channelMax: 3 } })
    for (const number of [1, 700, 65535]) await connection.channel(number)
    connection.on(2).send(CHANNEL_OPEN)
    const reason = 'number of channels opened (3) has reached the negotiated channel_max (3)'
    await connection.expectClose(530, `NOT_ALLOWED - ${reason}`, 0)
  })

  test('fits again into channel_max after another channel was closed', async ({ broker }) => {
    const connection = await broker.connect({ tune: { channelMax: 1 } })
    const channel = await connection.channel(1)
    await channel.send(CHANNEL_CLOSE, GOODBYE).expect(CHANNEL_CLOSE_OK)
    await connection.channel(2)
  })
})

describe('a channel that was never opened', () => {
  test.for([
    ['queue.declare', QUEUE_DECLARE],
    ['channel.close', CHANNEL_CLOSE],
    ['channel.close-ok', CHANNEL_CLOSE_OK],
    ['connection.close', CONNECTION_CLOSE],
  ] as const)('takes no %s', async ([, id], { broker }) => {
    const connection = await broker.connect()
    connection.on(3).send(id)
    await connection.expectClose(504, NOT_OPEN, id)
  })

  test('takes no message', async ({ broker }) => {
    const connection = await broker.connect()
    connection.on(3).publish({ body: 'x' })
    await connection.expectClose(504, NOT_OPEN, BASIC_PUBLISH)
  })

  const text = 'UNEXPECTED_FRAME - expected method frame, got non method frame instead'
  test('takes no content header', async ({ broker }) => {
    const connection = await broker.connect()
    connection.on(3).sendHeader(1)
    await connection.expectClose(505, text, 0)
  })

  test('takes no body', async ({ broker }) => {
    const connection = await broker.connect()
    connection.on(3).sendBody('x')
    await connection.expectClose(505, text, 0)
  })
})

describe('a channel that the client closes', () => {
  test('is no longer open', async ({ broker }) => {
    const connection = await broker.connect()
    const channel = await connection.channel()
    await channel.send(CHANNEL_CLOSE, GOODBYE).expect(CHANNEL_CLOSE_OK)
    channel.send(BASIC_QOS)
    await connection.expectClose(504, NOT_OPEN, BASIC_QOS)
  })

  test('can be opened again, as a new one', async ({ broker }) => {
    const connection = await broker.connect()
    const channel = await connection.channel()
    const queue = await channel.declareQueue()
    await channel.confirmSelect()
    await channel.send(CHANNEL_CLOSE, GOODBYE).expect(CHANNEL_CLOSE_OK)
    await connection.channel()
    await channel.send(TX_SELECT).expect(TX_SELECT_OK)
    channel.publish({ routingKey: queue })
    channel.send(QUEUE_PURGE)
    await channel.expectClose(404, 'NOT_FOUND - no previously declared queue', QUEUE_PURGE)
  })

  test('leaves the other channels alone', async ({ broker }) => {
    const connection = await broker.connect()
    const channel = await connection.channel(1)
    const other = await connection.channel(2)
    await channel.send(CHANNEL_CLOSE, GOODBYE).expect(CHANNEL_CLOSE_OK)
    await other.expectNothing()
  })

  test('gives its unacknowledged messages back to their old places', async ({ broker }) => {
    const connection = await broker.connect()
    const channel = await connection.channel(1)
    const queue = await channel.declareQueue()
    channel.publishAll(queue, ['first', 'second', 'third'])
    await channel.get(queue)
    await channel.get(queue)
    await channel.send(CHANNEL_CLOSE, GOODBYE).expect(CHANNEL_CLOSE_OK)
    const other = await connection.channel(2)
    expect(await other.get(queue)).toMatchObject({ body: 'first', redelivered: true })
    expect(await other.get(queue)).toMatchObject({ body: 'second', redelivered: true })
    expect(await other.get(queue)).toMatchObject({ body: 'third', redelivered: false })
  })

  test('takes its consumers with it', async ({ broker }) => {
    const connection = await broker.connect()
    const channel = await connection.channel(1)
    const queue = await channel.declareQueue()
    await channel.consume(queue)
    await channel.send(CHANNEL_CLOSE, GOODBYE).expect(CHANNEL_CLOSE_OK)
    const other = await connection.channel(2)
    expect(await other.counts(queue)).toMatchObject({ consumerCount: 0 })
  })
})

describe('a channel that the broker closes', () => {
  test('ignores everything until close-ok', async ({ broker }) => {
    const queue = broker.queueName()
    const channel = await broker.channel()
    await channel.send(QUEUE_PURGE, { queue }).expect(CHANNEL_CLOSE)
    channel.send(QUEUE_DECLARE, { queue }).publish({ exchange: 'nowhere', body: 'lost' })
    await channel.send(CHANNEL_CLOSE_OK).send(CHANNEL_OPEN).expect(CHANNEL_OPEN_OK)
    channel.send(QUEUE_DECLARE, { queue, passive: true })
    await channel.expectClose(404, `NOT_FOUND - no queue '${queue}' in vhost '/'`, QUEUE_DECLARE)
  })

  test('answers the close of a client that has not seen it yet', async ({ broker }) => {
    const connection = await broker.connect()
    const channel = await connection.channel()
    await channel.send(QUEUE_PURGE).expect(CHANNEL_CLOSE)
    await channel.send(CHANNEL_CLOSE, GOODBYE).expect(CHANNEL_CLOSE_OK)
    channel.send(CHANNEL_CLOSE_OK)
    await connection.channel()
  })

  test('cannot be opened before close-ok', async ({ broker }) => {
    const connection = await broker.connect()
    const channel = await connection.channel()
    await channel.send(QUEUE_PURGE).expect(CHANNEL_CLOSE)
    channel.send(CHANNEL_OPEN)
    await connection.expectClose(504, "CHANNEL_ERROR - second 'channel.open' seen", CHANNEL_OPEN)
  })

  test('drops what was pipelined behind the mistake', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    channel.send(BASIC_GET, { queue: broker.queueName() }).publish({ routingKey: queue })
    await channel.expect(CHANNEL_CLOSE)
    await channel.send(CHANNEL_CLOSE_OK).send(CHANNEL_OPEN).expect(CHANNEL_OPEN_OK)
    expect(await channel.drain(queue)).toEqual([])
  })

  test('gives its unacknowledged deliveries back without waiting for close-ok', async ({
    broker,
  }) => {
    const connection = await broker.connect()
    const channel = await connection.channel(1)
    const queue = await channel.declareQueue()
    await channel.consume(queue)
    await channel.publish({ routingKey: queue, body: 'back' }).deliveries(1)
    await channel.send(QUEUE_PURGE, { queue: broker.queueName() }).expect(CHANNEL_CLOSE)
    const other = await connection.channel(2)
    expect(await other.get(queue)).toMatchObject({ body: 'back', redelivered: true })
  })
})

describe('methods that only a broker sends', () => {
  test.for([
    ['channel.open-ok', CHANNEL_OPEN_OK],
    ['channel.flow-ok', CHANNEL_FLOW_OK],
    ['channel.close-ok', CHANNEL_CLOSE_OK],
    ['queue.declare-ok', QUEUE_DECLARE_OK],
    ['basic.get-empty', BASIC_GET_EMPTY],
    ['tx.select-ok', TX_SELECT_OK],
  ] as const)('%s', async ([, id], { broker }) => {
    const connection = await broker.connect()
    const channel = await connection.channel()
    channel.send(id)
    await connection.expectClose(503, 'COMMAND_INVALID - unimplemented method', id)
  })

  test.for([
    ['basic.deliver', BASIC_DELIVER],
    ['basic.return', BASIC_RETURN],
  ] as const)('%s, once its message is there', async ([, id], { broker }) => {
    const connection = await broker.connect()
    const channel = await connection.channel()
    channel.send(id).sendHeader(1).sendBody('x')
    await connection.expectClose(503, 'COMMAND_INVALID - unimplemented method', id)
  })
})

describe('channel.flow', () => {
  test('may say that the flow goes on', async ({ broker }) => {
    const channel = await broker.channel()
    const { active } = await channel.send(CHANNEL_FLOW, { active: true }).expect(CHANNEL_FLOW_OK)
    expect(active).toBe(true)
  })

  test('cannot stop it', async ({ broker }) => {
    const connection = await broker.connect()
    const channel = await connection.channel()
    channel.send(CHANNEL_FLOW, { active: false })
    await connection.expectClose(540, 'NOT_IMPLEMENTED - active=false', CHANNEL_FLOW)
  })
})
