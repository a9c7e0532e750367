// The handshake up to connection.tune. Until the client is authenticated a broker explains nothing: it
// falls silent and drops the connection. Spec 2.2.4; rabbitmq-errors rows 47, 57 and 58.

import {
  CHANNEL_OPEN,
  CONNECTION_CLOSE,
  CONNECTION_OPEN,
  CONNECTION_START,
  encodeFieldTable,
  FRAME_METHOD,
  fieldTableFromObject,
  fieldTableToObject,
  HEARTBEAT_FRAME,
  PROTOCOL_HEADER,
} from 'amqp-codec'
import { describe, expect, vi } from 'vitest'
import type { RawConnection } from '../support/raw-client.ts'
import { plainResponse } from '../support/raw-client.ts'
import { test } from '../support/raw-client-broker.ts'
import { frameHeader } from '../support/raw-client-wire.ts'

const AUTHENTICATION_FAILURE_CLOSE = {
  clientProperties: { capabilities: { authentication_failure_close: true } },
}
/** Longer than the 10 s that RabbitMQ gives a handshake. */
const HANDSHAKE_TIMEOUT_MS = 16_000

function amqplain(fields: Record<string, string>): Buffer {
  // The mechanism's response is a table without its length.
  return encodeFieldTable(fieldTableFromObject(fields)).subarray(4)
}

describe('connection.start', () => {
  test('offers 0-9-1, PLAIN and AMQPLAIN, in English', async ({ broker }) => {
    const start = await (await broker.dial()).start()
    expect([start.versionMajor, start.versionMinor]).toEqual([0, 9])
    expect(start.mechanisms.toString().split(' ')).toEqual(
      expect.arrayContaining(['PLAIN', 'AMQPLAIN']),
    )
    expect(start.locales.toString()).toBe('en_US')
  })

  test('names the broker and all that clients ask for before they use it', async ({ broker }) => {
    const start = await (await broker.dial()).start()
    const properties = fieldTableToObject(start.serverProperties)
    expect(properties).toMatchObject({
      capabilities: {
        publisher_confirms: true,
        exchange_exchange_bindings: true,
        'basic.nack': true,
        consumer_cancel_notify: true,
        'connection.blocked': true,
        consumer_priorities: true,
        authentication_failure_close: true,
        per_consumer_qos: true,
        direct_reply_to: true,
      },
      product: expect.any(String),
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      platform: expect.any(String),
      copyright: expect.any(String),
      information: expect.any(String),
      cluster_name: expect.any(String),
    })
  })

  test('comes when the protocol header comes in two pieces', async ({ broker }) => {
    const connection = await broker.dial()
    connection.wire.write(PROTOCOL_HEADER.subarray(0, 3))
    await connection.wire.flushed()
    connection.wire.write(PROTOCOL_HEADER.subarray(3))
    await connection.control.expect(CONNECTION_START)
  })
})

describe('a protocol header that is not 0-9-1 is answered with the one that is, and the end', () => {
  test.for([
    ['HTTP', 'GET / HTTP/1.1\r\n\r\n'],
    ['0-9', 'AMQP\x00\x00\x09\x00'],
    ['1.0', 'AMQP\x00\x01\x00\x00'],
    ['1.0 with SASL', 'AMQP\x03\x01\x00\x00'],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ] as const)('%s', async ([, header], { broker }) => {
    const { wire } = await broker.dial()
    await wire.write(Buffer.from(header, 'latin1')).ended()
    expect(wire.protocolHeader).toEqual(PROTOCOL_HEADER)
  })
})

describe('a client', () => {
  test('logs in by AMQPLAIN', async ({ broker }) => {
    const connection = await broker.dial()
    await connection.start()
    await connection.login({
      mechanism: 'AMQPLAIN',
      response: amqplain({ LOGIN: 'guest', PASSWORD: 'guest' }),
    })
  })

  test('may ask for any locale', async ({ broker }) => {
    const connection = await broker.dial()
    await connection.start()
    await connection.login({ locale: 'tlh' })
  })

  test('may send heartbeats while it is not yet authenticated', async ({ broker }) => {
    const connection = await broker.dial()
    await connection.start()
    connection.wire.write(HEARTBEAT_FRAME)
    await connection.login()
  })

  test('may send frames of 4096 octets before it is authenticated', async ({ broker }) => {
    const connection = await broker.dial()
    await connection.start()
    await connection.login({ clientProperties: { about: 'x'.repeat(4000) } })
  })

  test.for([
    ['a wrong password', plainResponse('guest', 'wrong')],
    ['an unknown user', plainResponse('nobody', 'guest')],
  ] as const)(
    'is told that it was refused if it can take it: %s',
    async ([, response], { broker }) => {
      const connection = await broker.dial()
      await connection.start()
      connection.sendStartOk({ response, ...AUTHENTICATION_FAILURE_CLOSE })
      await connection.expectClose(
        403,
        'ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details see the broker logfile.',
        0,
      )
    },
  )
})

type Step = (connection: RawConnection) => unknown

// All at once: each of them waits for seconds.
vi.setConfig({ maxConcurrency: 20 })
describe.concurrent('the connection is dropped without a word', () => {
  const onStart: [string, Step][] = [
    ['an unknown mechanism', (it) => it.sendStartOk({ mechanism: 'RIDDLE' })],
    ['a mechanism that is not offered', (it) => it.sendStartOk({ mechanism: 'EXTERNAL' })],
    ['a malformed PLAIN response', (it) => it.sendStartOk({ response: Buffer.from('guest') })],
    [
      'AMQPLAIN without a password',
      (it) => it.sendStartOk({ mechanism: 'AMQPLAIN', response: amqplain({ LOGIN: 'guest' }) }),
    ],
    [
      'a malformed response of a client that can be told of refusal',
      (it) => it.sendStartOk({ response: Buffer.from('guest'), ...AUTHENTICATION_FAILURE_CLOSE }),
    ],
    [
      'a wrong password of a client that cannot be told',
      (it) => it.sendStartOk({ response: plainResponse('guest', 'wrong'), clientProperties: {} }),
    ],
    ['connection.tune-ok instead of start-ok', (it) => it.sendTuneOk()],
    ['connection.open instead of start-ok', (it) => it.control.send(CONNECTION_OPEN)],
    ['connection.close instead of start-ok', (it) => it.control.send(CONNECTION_CLOSE)],
    ['a channel before start-ok', (it) => it.on(1).send(CHANNEL_OPEN)],
    ['a method that nobody knows', (it) => it.control.sendArguments(0x03e70001, Buffer.alloc(0))],
    ['a frame of more than 4096 octets', (it) => it.wire.write(frameHeader(FRAME_METHOD, 0, 4097))],
    [
      'client properties of more than 4096 octets',
      (it) => it.sendStartOk({ clientProperties: { about: 'x'.repeat(5000) } }),
    ],
  ]
  test.for(onStart)('%s', async ([, step], { broker }) => {
    const connection = await broker.dial()
    await connection.start()
    step(connection)
    await connection.wire.ended()
  })

  const onTune: [string, Step][] = [
    ['connection.open instead of tune-ok', (it) => it.control.send(CONNECTION_OPEN)],
    ['connection.close instead of tune-ok', (it) => it.control.send(CONNECTION_CLOSE)],
    ['a channel before tune-ok', (it) => it.on(1).send(CHANNEL_OPEN)],
  ]
  test.for(onTune)('%s', async ([, step], { broker }) => {
    const connection = await broker.dial()
    await connection.start()
    await connection.login()
    step(connection)
    await connection.wire.ended()
  })

  test.for([
    ['says nothing at all', Buffer.alloc(0)],
    ['stops in the middle of the protocol header', PROTOCOL_HEADER.subarray(0, 5)],
  ] as const)('a client that %s', async ([, octets], { broker }) => {
    const { wire } = await broker.dial()
    await wire.write(octets).ended(HANDSHAKE_TIMEOUT_MS)
  })

  test('a client that does not go on after connection.start', async ({ broker }) => {
    const connection = await broker.dial()
    await connection.start()
    await connection.wire.ended(HANDSHAKE_TIMEOUT_MS)
  })
})
