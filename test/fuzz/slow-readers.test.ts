// Clients that take their time, and time that passes meanwhile: on a clock that the test moves.

import {
  BASIC_CONSUME,
  BASIC_CONSUME_OK,
  BASIC_DELIVER,
  BASIC_PUBLISH,
  CHANNEL_FLOW,
  encodeBodyFrames,
  encodeMethodFrame,
  HEARTBEAT_FRAME,
} from 'amqp-codec'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { FakeClock } from '../support/fake-clock.ts'
import type { RawConnection } from '../support/raw-client.ts'
import { method } from '../support/raw-client-method.ts'
import { Arena } from './arena.ts'

const MIB = 1024 * 1024
/** More than the kernel keeps for a connection that is not read. */
const LARGE_BYTES = 16 * MIB
const HEARTBEAT_SEC = 60

describe('with heartbeats', () => {
  const clock = new FakeClock()
  let arena: Arena
  beforeAll(async () => {
    arena = await Arena.open({ clock, outboxLimitBytes: 65_536 })
  })
  afterEach(() => arena.reset())
  afterAll(() => arena.close())

  async function enter(): Promise<RawConnection> {
    const connection = await (await arena.dial()).open({ tune: { heartbeat: HEARTBEAT_SEC } })
    await connection.channel(1)
    await connection.channel(2)
    return connection
  }

  test('a client is heard while it does not read a large delivery', async () => {
    const [slow, watcher] = [await enter(), (await arena.enter()).on(1)]
    const [consumer, publisher] = [slow.on(1), slow.on(2)]
    const large = await consumer.declareQueue()
    const signs = await watcher.declareQueue()
    consumer.send(BASIC_PUBLISH, { routingKey: large }).sendHeader(LARGE_BYTES)
    slow.wire.write(encodeBodyFrames(1, Buffer.alloc(LARGE_BYTES), 131_072))
    await consumer.expectNothing()
    slow.wire.pause()
    consumer.send(BASIC_CONSUME, { queue: large, noAck: true })
    for (let n = 1; n <= 5; n++) {
      slow.wire.write(HEARTBEAT_FRAME)
      publisher.publish({ routingKey: signs })
      // What came behind the heartbeat has been read, so the heartbeat was.
      await vi.waitFor(async () => {
        expect((await watcher.counts(signs)).messageCount).toBe(n)
      }, 30_000)
      clock.advance(HEARTBEAT_SEC * 1000)
    }
    slow.wire.resume()
    await consumer.expect(BASIC_CONSUME_OK)
    expect((await consumer.expectMessage(BASIC_DELIVER)).body).toHaveLength(LARGE_BYTES)
    await slow.wire.hangUp()
    await watcher.wire.hangUp()
    await arena.expectPeace()
  })

  test('a client that asks and asks, and takes nothing of the answers, is dropped', async () => {
    const connection = await enter()
    connection.wire.pause()
    const question = encodeMethodFrame(1, method(CHANNEL_FLOW, { active: true }))
    const questions = Buffer.concat(Array(100_000).fill(question))
    for (let n = 0; n < 20; n++) connection.wire.write(questions)
    await vi.waitFor(() => {
      clock.advance(HEARTBEAT_SEC * 1000)
      expect(arena.broker.connectionCount).toBe(1)
    }, 20_000)
    await arena.expectPeace()
  })
})
