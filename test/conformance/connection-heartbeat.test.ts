// Heartbeats, spec 4.2.7. One second is the shortest interval there is.

import { HEARTBEAT_FRAME } from 'amqp-codec'
import { describe } from 'vitest'
import { test } from '../support/raw-client-broker.ts'

describe.concurrent('with heartbeats every second', () => {
  test('the broker sends them', async ({ broker }) => {
    const connection = await broker.connect({ tune: { heartbeat: 1 } })
    await connection.wire.heartbeats(2)
  })

  test('a silent client is dropped without a close', async ({ broker }) => {
    const connection = await broker.connect({ tune: { heartbeat: 1 } })
    await connection.wire.ended()
  })

  test('a client that sends heartbeats stays', async ({ broker }) => {
    const connection = await broker.connect({ tune: { heartbeat: 1 } })
    // Eight of the broker's heartbeats take longer than a silent client has.
    for (let count = 1; count <= 8; count++) {
      await connection.wire.heartbeats(count)
      connection.wire.write(HEARTBEAT_FRAME)
    }
    await connection.channel()
  })

  test('any other traffic counts as a sign of life', async ({ broker }) => {
    const channel = await broker.channel({ tune: { heartbeat: 1 } })
    for (let count = 1; count <= 4; count++) {
      await channel.wire.heartbeats(count)
      await channel.expectNothing()
    }
  })
})
