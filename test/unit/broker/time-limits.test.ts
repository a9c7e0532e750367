// Time limits, with a clock that stands still: nothing here waits, and none of it is a matter of luck.

import {
  BASIC_PUBLISH,
  CHANNEL_OPEN,
  CONNECTION_BLOCKED,
  CONNECTION_CLOSE,
  CONNECTION_CLOSE_OK,
  CONNECTION_OPEN,
  CONNECTION_OPEN_OK,
  CONNECTION_UNBLOCKED,
  FRAME_HEARTBEAT,
  FRAME_METHOD,
  PROTOCOL_HEADER,
} from 'amqp-codec'
import { describe, expect, it } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { plainResponse, type RawConnection } from '../../support/raw-client.ts'
import { RunningBroker } from './running-broker.ts'

/** How precise the broker's time limits are. */
const TICK_MS = 250

const REFUSAL_DELAY_MS = 3000
const CLOSE_TIMEOUT_MS = 30_000

async function start(handshakeTimeoutMs = 10_000): Promise<[RunningBroker, FakeClock]> {
  const clock = new FakeClock()
  return [await RunningBroker.start({ clock, handshakeTimeoutMs }), clock]
}

describe('a client that does not get on with the handshake', () => {
  const stages: [string, (connection: RawConnection) => Promise<unknown>][] = [
    ['has sent nothing', async () => {}],
    [
      'has sent half of the protocol header',
      async ({ wire }) => wire.write(PROTOCOL_HEADER.subarray(0, 4)),
    ],
    ['has sent the protocol header', (connection) => connection.start()],
    ['has logged in', (connection) => connection.start().then(() => connection.login())],
  ]

  it.each(stages)('is dropped when it %s', async (_stage, begin) => {
    const [running, clock] = await start()
    const connection = await running.dial()
    await begin(connection)
    await running.settled()
    clock.advance(10_000 - TICK_MS)
    await running.settled()
    expect(connection.wire.isClosed).toBe(false)
    clock.advance(TICK_MS)
    await connection.wire.ended()
  })

  it('may take the time it has, and as long as it likes afterwards', async () => {
    const [running, clock] = await start()
    const connection = await running.dial()
    await connection.start()
    await connection.login()
    clock.advance(10_000 - TICK_MS)
    const openOk = connection.sendTuneOk().send(CONNECTION_OPEN, { virtualHost: '/' })
    await openOk.expect(CONNECTION_OPEN_OK)
    clock.advance(1_000_000)
    await (await connection.channel()).expectNothing()
  })
})

describe('a client that was refused', () => {
  it('finds out after a while, and is told nothing', async () => {
    const [running, clock] = await start()
    const stranger = await running.dial()
    await stranger.start()
    stranger.sendStartOk({ response: plainResponse('guest', 'wrong'), clientProperties: {} })
    await running.settled()
    clock.advance(REFUSAL_DELAY_MS - TICK_MS)
    await running.settled()
    expect(stranger.wire.isClosed).toBe(false)
    clock.advance(TICK_MS)
    await stranger.wire.ended()
  })
})

describe('a client whose connection the broker closes', () => {
  it('has half a minute to answer, in which its own close is answered', async () => {
    const [running, clock] = await start()
    const connection = await running.connect()
    connection.on(1).send(BASIC_PUBLISH)
    await connection.control.expect(CONNECTION_CLOSE)
    clock.advance(CLOSE_TIMEOUT_MS - TICK_MS)
    await connection.control.send(CONNECTION_CLOSE).expect(CONNECTION_CLOSE_OK)
    expect(connection.wire.isClosed).toBe(false)
    clock.advance(TICK_MS)
    await connection.wire.ended()
  })

  it('is dropped sooner when its frames are broken, since it cannot answer', async () => {
    const [running, clock] = await start()
    const connection = await running.connect()
    connection.wire.sendFrame(FRAME_METHOD, 0, Buffer.alloc(4), 0)
    await connection.control.expect(CONNECTION_CLOSE)
    clock.advance(REFUSAL_DELAY_MS - TICK_MS)
    connection.control.send(CONNECTION_CLOSE_OK)
    await running.settled()
    expect(connection.wire.isClosed).toBe(false)
    clock.advance(TICK_MS)
    await connection.wire.ended()
  })

  it('is dropped after half a minute when it has closed and does not hang up', async () => {
    const [running, clock] = await start()
    const connection = await running.connect()
    connection.wire.pause()
    connection.control.send(CONNECTION_CLOSE)
    await running.settled()
    const expectOpen = (count: number) =>
      eventually(() => expect(running.broker.connectionCount).toBe(count))
    await expectOpen(1)
    clock.advance(CLOSE_TIMEOUT_MS - TICK_MS)
    await running.settled()
    await expectOpen(1)
    clock.advance(TICK_MS)
    await expectOpen(0)
  })
})

describe('heartbeats', () => {
  const tune = { heartbeat: 10 }

  it('come every half interval, and from a client they keep it alive', async () => {
    const [running, clock] = await start()
    const { wire } = await running.connect({ tune })
    for (let count = 1; count <= 12; count++) {
      clock.advance(5000 + TICK_MS)
      await wire.heartbeats(count)
      wire.sendFrame(FRAME_HEARTBEAT, 0, Buffer.alloc(0))
      await running.settled()
    }
    expect(wire.isClosed).toBe(false)
  })

  it('that do not come end the connection', async () => {
    const [running, clock] = await start()
    const { wire } = await running.connect({ tune })
    clock.advance(30_000)
    await running.settled()
    expect(wire.isClosed).toBe(false)
    clock.advance(TICK_MS)
    await wire.ended()
  })

  it('are not asked of anybody who switched them off', async () => {
    const [running, clock] = await start()
    const connection = await running.connect({ tune: { heartbeat: 0 } })
    clock.advance(1_000_000)
    await (await connection.channel()).expectNothing()
    expect(connection.wire.heartbeatCount).toBe(0)
  })

  it('are not missed of a publisher that is not read', async () => {
    const [running, clock] = await start()
    const connection = await running.connect({ tune })
    const channel = await connection.channel()
    await channel.confirmSelect()
    running.broker.setAlarm('memory', true)
    channel.publish({ exchange: 'amq.fanout' })
    await connection.control.expect(CONNECTION_BLOCKED)
    clock.advance(100_000)
    running.broker.setAlarm('memory', false)
    await connection.control.expect(CONNECTION_UNBLOCKED)
    await channel.confirmed(1)
    await connection.on(2).send(CHANNEL_OPEN).wire.next(2)
  })
})
