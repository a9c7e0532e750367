import {
  BASIC_ACK,
  BASIC_PUBLISH,
  CONNECTION_BLOCKED,
  CONNECTION_CLOSE,
  CONNECTION_CLOSE_OK,
  CONNECTION_UNBLOCKED,
  encodeContentHeaderFrame,
  encodeMethodFrame,
} from 'amqp-codec'
import { describe, expect, it } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import type { RawConnection } from '../../support/raw-client.ts'
import type { RawChannel } from '../../support/raw-client-channel.ts'
import { method } from '../../support/raw-client-method.ts'
import { RunningBroker } from './running-broker.ts'

/** A queue that all may use, and a channel to look at it from. */
async function declareQueue(running: RunningBroker): Promise<[RawChannel, string]> {
  const keeper = await running.channel()
  return [keeper, await keeper.declareQueue({ queue: 'q', exclusive: false })]
}

async function expectBlocked({ control }: RawConnection, reason = 'low on memory'): Promise<void> {
  expect((await control.expect(CONNECTION_BLOCKED)).reason).toBe(reason)
}

async function expectReady(keeper: RawChannel, count: number): Promise<void> {
  await eventually(async () => expect(await readyCount(keeper)).toBe(count))
}

async function readyCount(keeper: RawChannel): Promise<number> {
  return (await keeper.counts('q')).messageCount
}

describe('while the broker is short of something', () => {
  it('a publisher is told so and waits, and goes on when there is enough again', async () => {
    const running = await RunningBroker.start()
    const [keeper, queue] = await declareQueue(running)
    const connection = await running.connect()
    const channel = await connection.channel()
    await channel.confirmSelect()
    running.broker.setAlarm('memory', true)
    channel.publishAll(queue, ['a', 'b', 'c'])
    await expectBlocked(connection)
    expect(await readyCount(keeper)).toBe(0)
    running.broker.setAlarm('memory', false)
    await connection.control.expect(CONNECTION_UNBLOCKED)
    await channel.confirmed(3)
    expect(await keeper.drain(queue)).toEqual(['a', 'b', 'c'])
  })

  it('a publisher that would not understand is held back too, and told nothing', async () => {
    const running = await RunningBroker.start()
    const [keeper, queue] = await declareQueue(running)
    const connection = await running.connect({ capabilities: {} })
    const channel = await connection.channel()
    await channel.confirmSelect()
    running.broker.setAlarm('disk', true)
    channel.publish({ routingKey: queue })
    await running.settled()
    expect(await readyCount(keeper)).toBe(0)
    running.broker.setAlarm('disk', false)
    await channel.confirmed(1)
    expect(connection.wire.takeAll()).toEqual([])
  })

  it('consumers are served, on the connection of a blocked publisher too', async () => {
    const running = await RunningBroker.start()
    const [keeper, queue] = await declareQueue(running)
    keeper.publishAll(queue, ['a', 'b', 'c', 'd'])
    await expectReady(keeper, 4)
    const connection = await running.connect()
    const [publisher, consumer] = [await connection.channel(1), await connection.channel(2)]
    running.broker.setAlarm('memory', true)
    const other = await running.channel()
    await other.consume(queue)
    expect(await other.bodies(4)).toEqual(['a', 'b', 'c', 'd'])
    await consumer.consume(queue)
    publisher.publish({ routingKey: queue })
    await expectBlocked(connection)
    other.wire.destroy()
    expect(await consumer.bodies(4)).toEqual(['a', 'b', 'c', 'd'])
  })

  it('a client that connects is blocked with its first publish, and not before', async () => {
    const running = await RunningBroker.start()
    running.broker.setAlarm('memory', true)
    const connection = await running.connect()
    const channel = await connection.channel()
    await channel.declareQueue()
    channel.publish({ exchange: 'amq.fanout' })
    await expectBlocked(connection)
  })

  it('a message that had begun to come is taken', async () => {
    const running = await RunningBroker.start()
    const [keeper, queue] = await declareQueue(running)
    const connection = await running.connect()
    const [channel, other] = [await connection.channel(1), await connection.channel(2)]
    channel.send(BASIC_PUBLISH, { routingKey: queue }).sendHeader(10).sendBody('hello')
    await other.expectNothing()
    running.broker.setAlarm('memory', true)
    channel.sendBody('world')
    await expectReady(keeper, 1)
    channel.publish({ routingKey: queue })
    await expectBlocked(connection)
    expect(await keeper.drain(queue)).toEqual(['helloworld'])
  })

  it('it stays so until nothing is short any more', async () => {
    const running = await RunningBroker.start()
    const [keeper, queue] = await declareQueue(running)
    const connection = await running.connect()
    running.broker.setAlarm('memory', true)
    running.broker.setAlarm('disk', true)
    ;(await connection.channel()).publish({ routingKey: queue })
    await expectBlocked(connection, 'low on disk & memory')
    running.broker.setAlarm('memory', false)
    await running.settled()
    expect(await readyCount(keeper)).toBe(0)
    running.broker.setAlarm('disk', false)
    await connection.control.expect(CONNECTION_UNBLOCKED)
    await expectReady(keeper, 1)
  })

  it('it can be blocked and unblocked again', async () => {
    const running = await RunningBroker.start()
    const [keeper, queue] = await declareQueue(running)
    const connection = await running.connect()
    const channel = await connection.channel()
    for (let round = 1; round <= 3; round++) {
      running.broker.setAlarm('memory', true)
      channel.publish({ routingKey: queue })
      await expectBlocked(connection)
      running.broker.setAlarm('memory', false)
      await connection.control.expect(CONNECTION_UNBLOCKED)
      await expectReady(keeper, round)
    }
  })
})

describe('a blocked connection', () => {
  it('with broken frames behind its publish is closed for them, and no other is', async () => {
    const running = await RunningBroker.start()
    const [keeper, queue] = await declareQueue(running)
    const [broken, sound] = [await running.connect(), await running.connect()]
    const [channel] = [await broken.channel(), await running.channel()]
    const soundChannel = await sound.channel()
    running.broker.setAlarm('memory', true)
    const publish = encodeMethodFrame(1, method(BASIC_PUBLISH, { routingKey: queue }))
    const garbage = Buffer.from([1, 0, 1, 0, 0, 0, 1, 0, 0])
    channel.wire.write(Buffer.concat([publish, encodeContentHeaderFrame(1, 0, {}), garbage]))
    await expectBlocked(broken)
    soundChannel.publish({ routingKey: queue })
    await expectBlocked(sound)
    running.broker.setAlarm('memory', false)
    await broken.control.expect(CONNECTION_UNBLOCKED)
    expect((await broken.control.expect(CONNECTION_CLOSE)).replyCode).toBe(501)
    await sound.control.expect(CONNECTION_UNBLOCKED)
    await soundChannel.expectNothing()
    // What came before the garbage was sound.
    await expectReady(keeper, 2)
  })

  it('is closed like any other when the broker stops', async () => {
    const running = await RunningBroker.start()
    const connection = await running.connect()
    running.broker.setAlarm('memory', true)
    ;(await connection.channel()).publish({ exchange: 'amq.fanout' })
    await expectBlocked(connection)
    const closed = running.broker.close()
    expect((await connection.control.expect(CONNECTION_CLOSE)).replyCode).toBe(320)
    connection.control.send(CONNECTION_CLOSE_OK)
    await closed
    await connection.wire.ended()
  })

  it('may go without a word, and so does what it had not published', async () => {
    const running = await RunningBroker.start()
    const [keeper, queue] = await declareQueue(running)
    const connection = await running.connect()
    running.broker.setAlarm('memory', true)
    ;(await connection.channel()).publish({ routingKey: queue })
    await expectBlocked(connection)
    connection.wire.reset()
    await running.settled()
    running.broker.setAlarm('memory', false)
    await keeper.expectNothing()
  })
})

describe('while memory is short', () => {
  it('who holds thousands of messages gets no more, until it acknowledges or there is enough', async () => {
    const running = await RunningBroker.start()
    const [keeper, queue] = await declareQueue(running)
    const publisher = await running.channel()
    await publisher.confirmSelect()
    publisher.publishAll(
      queue,
      Array.from({ length: 6000 }, (_, n) => `${n}`),
    )
    await publisher.confirmed(6000)
    running.broker.setAlarm('memory', true)
    const consumer = await running.channel()
    await consumer.consume(queue)
    await expectReady(keeper, 6000 - 4096)
    consumer.send(BASIC_ACK, { deliveryTag: 100, multiple: true })
    await expectReady(keeper, 6000 - 4196)
    running.broker.setAlarm('memory', false)
    await expectReady(keeper, 0)
  })
})
