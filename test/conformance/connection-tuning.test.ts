// Negotiation and connection.open: from here on errors are told. RabbitMQ 3 stays silent up to tune-ok;
// RabbitMQ 4 and Leveret say what is wrong with it. Rabbitmq-errors rows 62, 66, 69 and 70.

import {
  BASIC_PUBLISH,
  CHANNEL_OPEN,
  CONNECTION_CLOSE,
  CONNECTION_OPEN,
  CONNECTION_TUNE,
  CONNECTION_TUNE_OK,
  encodeBodyFrames,
} from 'amqp-codec'
import { describe, expect } from 'vitest'
import type { RawConnection } from '../support/raw-client.ts'
import { type BrokerUnderTest, test } from '../support/raw-client-broker.ts'

async function loggedIn(broker: BrokerUnderTest): Promise<RawConnection> {
  const connection = await broker.dial()
  await connection.start()
  await connection.login()
  return connection
}

async function tuned(broker: BrokerUnderTest): Promise<RawConnection> {
  const connection = await loggedIn(broker)
  connection.sendTuneOk()
  return connection
}

describe('connection.tune', () => {
  test('proposes 2047 channels, frames of 128 KiB and heartbeats every 60 s', async ({
    broker,
  }) => {
    const connection = await broker.dial()
    await connection.start()
    expect(await connection.login()).toMatchObject({
      channelMax: 2047,
      frameMax: 131072,
      heartbeat: 60,
    })
  })
})

describe('connection.tune-ok', () => {
  test.for([
    ['the smallest frames there are', { frameMax: 4096 }],
    ['a single channel', { channelMax: 1 }],
    ['rarer heartbeats', { heartbeat: 600 }],
    ['no heartbeats', { heartbeat: 0 }],
  ] as const)('may ask for %s', async ([, tune], { broker }) => {
    await broker.connect({ tune })
  })

  test('sets the size of frames in both directions', async ({ broker }) => {
    const connection = await broker.connect({ tune: { frameMax: 4096 } })
    const channel = await connection.channel()
    const queue = await channel.declareQueue()
    const body = 'x'.repeat(10_000)
    channel.send(BASIC_PUBLISH, { routingKey: queue }).sendHeader(body.length)
    connection.wire.write(encodeBodyFrames(1, Buffer.from(body), 4096))
    expect((await channel.get(queue)).body).toBe(body)
    expect(connection.wire.largestFrameSize).toBe(4096)
  })
})

describe.concurrent('connection.tune-ok is refused', () => {
  const noLimit = (limit: string, maximum: number) =>
    `negotiated ${limit} = 0 (no limit) is higher than the maximum allowed value (${maximum})`
  test.for([
    [
      'frames below the minimum',
      { frameMax: 4095 },
      'negotiated frame_max = 4095 is lower than the minimum allowed value (4096)',
    ],
    [
      'frames above what the broker takes',
      { frameMax: 131073 },
      'negotiated frame_max = 131073 is higher than the maximum allowed value (131072)',
    ],
    ['frames without limit', { frameMax: 0 }, noLimit('frame_max', 131072)],
    [
      'more channels than the broker takes',
      { channelMax: 2048 },
      'negotiated channel_max = 2048 is higher than the maximum allowed value (2047)',
    ],
    ['channels without limit', { channelMax: 0 }, noLimit('channel_max', 2047)],
  ] as const)('%s', async ([, tune, reason], { broker }) => {
    const connection = await loggedIn(broker)
    connection.sendTuneOk(tune)
    const told = () => connection.expectClose(530, `NOT_ALLOWED - ${reason}`, CONNECTION_TUNE)
    await broker.expected({ rabbitmq: () => connection.wire.ended(), leveret: told })()
  })
})

describe('connection.open', () => {
  test('on a virtual host that does not exist', async ({ broker }) => {
    const connection = await tuned(broker)
    connection.control.send(CONNECTION_OPEN, { virtualHost: 'nowhere' })
    await connection.expectClose(530, 'NOT_ALLOWED - vhost nowhere not found', CONNECTION_OPEN)
    await connection.wire.ended()
  })

  test('is the only method that fits after tune-ok', async ({ broker }) => {
    const connection = await tuned(broker)
    connection.sendTuneOk()
    await connection.expectClose(
      504,
      'CHANNEL_ERROR - unexpected method in connection state opening',
      CONNECTION_TUNE_OK,
    )
  })

  test('must come even before connection.close', async ({ broker }) => {
    const connection = await tuned(broker)
    connection.control.send(CONNECTION_CLOSE, { replyCode: 200 })
    await connection.expectClose(
      504,
      'CHANNEL_ERROR - unexpected method in connection state opening',
      CONNECTION_CLOSE,
    )
  })

  test('must come before any channel', async ({ broker }) => {
    const connection = await tuned(broker)
    connection.on(1).send(CHANNEL_OPEN)
    await connection.expectClose(505, 'UNEXPECTED_FRAME - type 1, all octets = <<0,20,0,10,0>>', 0)
  })

  test('a second time', async ({ broker }) => {
    const connection = await broker.connect()
    connection.control.send(CONNECTION_OPEN, { virtualHost: '/' })
    await connection.expectClose(
      504,
      'CHANNEL_ERROR - unexpected method in connection state running',
      CONNECTION_OPEN,
    )
  })
})
