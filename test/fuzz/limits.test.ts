// The limits that keep one client, or many, from taking all there is. They are set low here.

import {
  BASIC_CONSUME,
  BASIC_PUBLISH,
  CHANNEL_CLOSE,
  CHANNEL_FLOW,
  CHANNEL_FLOW_OK,
  encodeMethodFrame,
  QUEUE_DELETE,
  QUEUE_DELETE_OK,
} from 'amqp-codec'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { RawConnection } from '../support/raw-client.ts'
import { method } from '../support/raw-client-method.ts'
import { Arena, expectAnswer } from './arena.ts'

const MIB = 1024 * 1024
/** More than the kernel keeps for a connection that is not read. */
const FLOOD_BYTES = 64 * MIB

describe('limits', () => {
  let arena: Arena
  beforeAll(async () => {
    arena = await Arena.open({
      maxPendingConnections: 5,
      maxMessageSizeBytes: 10 * MIB,
      outboxLimitBytes: 65_536,
      consumerMaxPerChannel: 3,
    })
  })
  afterEach(() => arena.reset())
  afterAll(() => arena.close())

  test('strangers beyond the limit take the place of the oldest, and may still come in', async () => {
    const strangers: RawConnection[] = []
    for (let n = 0; n < 8; n++) strangers.push(await arena.dial())
    const [oldest, others] = [strangers.slice(0, 3), strangers.slice(3)]
    for (const { wire } of oldest) await wire.ended()
    for (const stranger of others) await (await stranger.open()).close()
    await arena.expectPeace()
    await (await arena.enter()).close()
    await arena.expectPeace()
  })

  test('strangers that go away make room', async () => {
    for (let n = 0; n < 20; n++) await (await arena.dial()).wire.hangUp()
    await (await arena.enter()).close()
    await arena.expectPeace()
  })

  test('a message that is too large is refused by its header, and its body dropped', async () => {
    const connection = await arena.enter()
    const channel = connection.on(1).send(BASIC_PUBLISH, { routingKey: 'fuzz.a' })
    channel.sendHeader(10 * MIB + 1)
    const what = `message size ${10 * MIB + 1} is larger than configured max size ${10 * MIB}`
    const close = await channel.expect(CHANNEL_CLOSE)
    expect(close.replyText).toBe(`PRECONDITION_FAILED - ${what}`)
    for (let sent = 0; sent < 10 * MIB; sent += 65_536) {
      await channel.sendBody(Buffer.alloc(65_536)).wire.flushed()
    }
    channel.sendBody('x')
    await expectAnswer(connection)
    await connection.wire.hangUp()
    await arena.expectPeace()
  })

  test('consumers beyond the limit are refused', async () => {
    const connection = await arena.enter()
    const channel = connection.on(1)
    for (let n = 0; n < 3; n++) await channel.consume('fuzz.a')
    channel.send(BASIC_CONSUME, { queue: 'fuzz.a' })
    const text = 'NOT_ALLOWED - reached maximum (3) of consumers per channel'
    await connection.expectClose(530, text, BASIC_CONSUME)
    await arena.expectPeace()
  })

  test('what a consumer does not read stays in its queue', async () => {
    const [slow, publisher] = [await arena.enter(), (await arena.enter()).on(1)]
    const channel = slow.on(1)
    const queue = 'fuzz.slow'
    await channel.declareQueue({ queue, exclusive: false })
    await channel.consume(queue, { noAck: true })
    slow.wire.pause()
    await publisher.confirmSelect()
    const count = FLOOD_BYTES / 65_536
    await publisher.publishAll(queue, Array(count).fill('x'.repeat(65_536))).confirmed(count)
    const { messageCount } = await publisher.counts(queue)
    expect(messageCount).toBeGreaterThan(count / 2)
    slow.wire.resume()
    expect(await channel.bodies(count)).toHaveLength(count)
    await publisher.send(QUEUE_DELETE, { queue }).expect(QUEUE_DELETE_OK)
    await slow.wire.hangUp()
    await publisher.wire.hangUp()
    await arena.expectPeace()
  })

  test('a client that asks on and on without reading is answered once it reads', async () => {
    const connection = await arena.enter()
    const channel = connection.on(1)
    connection.wire.pause()
    const count = 200_000
    const question = encodeMethodFrame(1, method(CHANNEL_FLOW, { active: true }))
    connection.wire.write(Buffer.concat(Array(count).fill(question)))
    await arena.expectOthers()
    connection.wire.resume()
    for (let n = 0; n < count; n++) await channel.expect(CHANNEL_FLOW_OK)
    await connection.close()
    await arena.expectPeace()
  })
})
