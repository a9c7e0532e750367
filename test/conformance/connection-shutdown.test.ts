// What clients are told when the broker stops. Only a broker in this process can be stopped by a test;
// rabbitmq-errors row 52 is what RabbitMQ says.

import { describe, expect, test } from 'vitest'
import { createBroker } from '../../src/index.ts'
import { RawConnection } from '../support/raw-client.ts'

const REASON = "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'"

describe('a broker that stops', () => {
  test('tells its clients, and waits for their answer', async () => {
    const broker = await createBroker({ port: 0, dataDir: 'none' })
    const address = { host: '127.0.0.1', port: broker.port }
    const dial = () => RawConnection.dial(address)
    const connections = [await (await dial()).open(), await (await dial()).open()]
    const stranger = await dial()
    await stranger.start()
    const closed = broker.close()
    for (const connection of connections) await connection.expectClose(320, REASON, 0)
    for (const { wire } of connections) await wire.ended()
    await stranger.wire.ended()
    await closed
    expect(broker.connectionCount).toBe(0)
    await expect(dial()).rejects.toThrow('ECONNREFUSED')
  })

  test('does not wait for ever', async () => {
    const broker = await createBroker({ port: 0, dataDir: 'none', shutdownTimeoutMs: 10 })
    const deaf = await RawConnection.dial({ host: '127.0.0.1', port: broker.port })
    await deaf.open()
    deaf.wire.pause()
    await broker.close()
    deaf.wire.destroy()
  })

  test('closes once, however often it is asked', async () => {
    const broker = await createBroker({ port: 0, dataDir: 'none' })
    await Promise.all([broker.close(), broker.close()])
    await broker.close()
  })
})
