// What the codec writes must reach a program on amqplib, an independent implementation, as it was
// meant.

import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import * as codec from '../src/index.ts'
import { encodeContentHeaderFrame } from '../src/index.ts'
import { seenByAmqplib } from './support/amqplib-fields.ts'
import {
  amqplibProperties,
  codecProperties,
  deliver,
  deliveries,
  startAmqplib,
} from './support/amqplib-session.ts'
import { fieldTable } from './support/arbitraries.ts'
import type { ScriptedServer } from './support/scripted-server.ts'

let server: ScriptedServer
let connection: ChannelModel
let channel: Channel

beforeEach(async () => {
  ;({ server, connection, channel } = await startAmqplib())
})

afterEach(() => server.close())

test('any headers of ours reach a consumer of amqplib', async () => {
  server.answers.set(codec.BASIC_CONSUME_OK, { consumerTag: 'tag' })
  let take: (message: ConsumeMessage | null) => void = () => {}
  await channel.consume('q', (message) => take(message), { consumerTag: 'tag' })
  await fc.assert(
    fc.asyncProperty(fieldTable, async (table) => {
      const delivered = new Promise<ConsumeMessage | null>((resolve) => {
        take = resolve
      })
      deliver(server, { deliveryTag: 1 }, { headers: table })
      const headers = (await delivered)?.properties.headers ?? {}
      for (const [name, field] of table) {
        if (name !== '__proto__') expect(headers[name]).toEqual(seenByAmqplib(field))
      }
    }),
    { numRuns: 50 },
  )
})

test('a delivery with every property', async () => {
  server.answers.set(codec.BASIC_CONSUME_OK, { consumerTag: 'tag' })
  const delivered = deliveries(1)
  await channel.consume('q', delivered.take, { consumerTag: 'tag' })
  const body = Buffer.alloc(200_000, 'b')
  const fields = { deliveryTag: 2 ** 53 - 1, redelivered: true, exchange: 'é', routingKey: 'a.b' }
  deliver(server, fields, codecProperties, body)
  const [message] = await delivered.all
  expect(message?.fields).toEqual({ consumerTag: 'tag', ...fields })
  expect(message?.properties).toMatchObject(amqplibProperties)
  expect(message?.content.equals(body)).toBe(true)
})

test('a fetched message and an empty queue', async () => {
  server.answers.set(codec.BASIC_GET_OK, {
    deliveryTag: 5,
    routingKey: 'q',
    messageCount: 4294967295,
  })
  const got = channel.get('q')
  await vi.waitFor(() => expect(server.received(codec.BASIC_GET)).toBeDefined())
  server.send(encodeContentHeaderFrame(1, 0, {}))
  expect(await got).toMatchObject({ fields: { deliveryTag: 5, messageCount: 4294967295 } })
})

test('what the server sends of its own accord', async () => {
  const seen: unknown[] = []
  connection.on('blocked', (reason) => seen.push(['blocked', reason]))
  connection.on('unblocked', () => seen.push('unblocked'))
  const confirms = await connection.createConfirmChannel()
  confirms.on('ack', (fields) => seen.push(['ack', fields.deliveryTag, fields.multiple]))
  confirms.on('nack', (fields) => seen.push(['nack', fields.deliveryTag]))
  channel.on('return', (message) => seen.push(['return', message.fields, message.properties.type]))
  server.answers.set(codec.BASIC_CONSUME_OK, { consumerTag: 'tag' })
  await channel.consume('q', (message) => seen.push(['message', message]))

  server.sendMethod(0, codec.CONNECTION_BLOCKED, { reason: 'low on memory' })
  server.sendMethod(0, codec.CONNECTION_UNBLOCKED)
  server.sendMethod(2, codec.BASIC_ACK, { deliveryTag: 3, multiple: true })
  server.sendMethod(2, codec.BASIC_NACK, { deliveryTag: 4 })
  const returned = { replyCode: 312, replyText: 'NO_ROUTE', exchange: 'x', routingKey: 'k' }
  server.sendMethod(1, codec.BASIC_RETURN, returned)
  server.send(encodeContentHeaderFrame(1, 0, { type: 't' }))
  server.sendMethod(1, codec.BASIC_CANCEL, { consumerTag: 'tag', nowait: true })
  await vi.waitFor(() => expect(seen.length).toBe(6))
  expect(seen).toEqual([
    ['blocked', 'low on memory'],
    'unblocked',
    ['ack', 3, true],
    ['nack', 4],
    ['return', returned, 't'],
    ['message', null],
  ])
})

test('a channel and a connection closed by the server', async () => {
  const errors: unknown[] = []
  channel.on('error', (error) => errors.push(error.message))
  connection.on('error', (error) => errors.push(error.message))
  server.sendMethod(1, codec.CHANNEL_CLOSE, {
    replyCode: codec.NOT_FOUND,
    replyText: "NOT_FOUND - no queue 'q' in vhost '/'",
    classId: 50,
    methodId: 10,
  })
  await vi.waitFor(() => expect(server.received(codec.CHANNEL_CLOSE_OK)).toBeDefined())
  const hard = { replyCode: codec.FRAME_ERROR, replyText: 'FRAME_ERROR' }
  server.sendMethod(0, codec.CONNECTION_CLOSE, hard)
  await vi.waitFor(() => expect(server.received(codec.CONNECTION_CLOSE_OK)).toBeDefined())
  expect(errors).toEqual([
    expect.stringContaining("404 (NOT-FOUND) with message \"NOT_FOUND - no queue 'q'"),
    expect.stringContaining('501 (FRAME-ERROR) with message "FRAME_ERROR"'),
  ])
})
