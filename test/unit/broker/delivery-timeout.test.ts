// How long a delivery may be unacknowledged, with a clock that stands still.

import { BASIC_ACK, BASIC_CANCEL, BASIC_DELIVER, CHANNEL_CLOSE, CHANNEL_CLOSE_OK } from 'amqp-codec'
import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../support/fake-clock.ts'
import { RunningBroker } from './running-broker.ts'

const LIMIT_MS = 60_000

async function start(consumerTimeoutMs = LIMIT_MS): Promise<[RunningBroker, FakeClock]> {
  const clock = new FakeClock()
  return [await RunningBroker.start({ clock, consumerTimeoutMs }), clock]
}

const textOf = (channel: number, timeoutMs: number) =>
  `PRECONDITION_FAILED - delivery acknowledgement on channel ${channel} timed out. Timeout value used: ${timeoutMs} ms. This timeout value can be configured, see consumers doc guide to learn more`

describe('a delivery that is not acknowledged for too long', () => {
  it('ends its channel, and goes to somebody else', async () => {
    const [running, clock] = await start()
    const channel = await running.channel()
    const other = await running.channel()
    const queue = await channel.declareQueue({ queue: 'q', exclusive: false })
    await channel.consume(queue)
    channel.publishAll(queue, ['a'])
    await channel.expectMessage(BASIC_DELIVER)
    await other.consume(queue)
    clock.advance(LIMIT_MS - 1000)
    await running.settled()
    await other.expectNothing()
    clock.advance(LIMIT_MS / 10)
    const close = await channel.expect(CHANNEL_CLOSE)
    expect([close.replyCode, close.replyText, close.classId, close.methodId]).toEqual([
      406,
      textOf(1, LIMIT_MS),
      0,
      0,
    ])
    channel.send(CHANNEL_CLOSE_OK)
    const [again] = await other.deliveries(1)
    expect(again?.redelivered).toBe(true)
  })

  it('does not when the others are acknowledged in time, however many they are', async () => {
    const [running, clock] = await start()
    const channel = await running.channel()
    const queue = await channel.declareQueue({ queue: 'q', exclusive: false })
    await channel.consume(queue)
    for (let tag = 1; tag <= 20; tag++) {
      channel.publishAll(queue, [`${tag}`])
      await channel.expectMessage(BASIC_DELIVER)
      clock.advance(LIMIT_MS / 3)
      if (tag > 1) channel.send(BASIC_ACK, { deliveryTag: tag - 1 })
      await running.settled()
    }
    await channel.expectNothing()
  })

  it('ends its consumer only, of a quorum queue, where the profile says so', async () => {
    const clock = new FakeClock()
    const consumerTimeoutMs = LIMIT_MS
    const running = await RunningBroker.start({ clock, consumerTimeoutMs, compat: '4.3' })
    const channel = await running.channel()
    const other = await running.channel()
    const declared = { queue: 'q', durable: true, exclusive: false }
    const quorum = new Map([['x-queue-type', { type: 'S', value: 'quorum' } as const]])
    const queue = await channel.declareQueue({ ...declared, arguments: quorum })
    const classic = await channel.declareQueue({ ...declared, queue: 'classic' })
    const consumerTag = await channel.consume(queue)
    await channel.consume(classic)
    channel.publishAll(queue, ['a'])
    channel.publishAll(classic, ['b'])
    await channel.deliveries(2)
    await other.consume(queue)
    clock.advance(LIMIT_MS * 1.1)
    expect((await channel.expect(BASIC_CANCEL)).consumerTag).toBe(consumerTag)
    expect(await other.bodies(1)).toEqual(['a'])
    clock.advance(LIMIT_MS / 2)
    await channel.expectNothing()
  })

  it('has the time that its queue gives it', async () => {
    const [running, clock] = await start(0)
    const channel = await running.channel()
    const queue = await channel.declareQueue({
      queue: 'q',
      exclusive: false,
      arguments: new Map([['x-consumer-timeout', { type: 'I', value: 5000 }]]),
    })
    const patient = await channel.declareQueue({ queue: 'patient', exclusive: false })
    await channel.consume(patient)
    channel.publishAll(patient, ['a'])
    await channel.expectMessage(BASIC_DELIVER)
    clock.advance(1_000_000)
    await channel.consume(queue)
    channel.publishAll(queue, ['b'])
    await channel.expectMessage(BASIC_DELIVER)
    clock.advance(6000)
    const close = await channel.expect(CHANNEL_CLOSE)
    expect(close.replyText).toBe(textOf(1, 5000))
  })
})
