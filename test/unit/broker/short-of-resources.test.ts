// The broker finds out by itself that it is short of something. What alarms do is in alarms.test.ts.

import { CONNECTION_BLOCKED, CONNECTION_UNBLOCKED } from 'amqp-codec'
import { describe, expect, it } from 'vitest'
import type { BrokerOptions } from '../../../src/index.ts'
import { eventually } from '../../support/eventually.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { FakeMachine } from '../../support/fake-machine.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { RunningBroker } from './running-broker.ts'

/** Longer than it takes until the broker looks again. */
const A_WHILE_MS = 10_000

async function start(options: BrokerOptions = {}) {
  const [machine, clock, logger] = [new FakeMachine(), new FakeClock(), new RecordingLogger()]
  const running = await RunningBroker.start({ machine, clock, logger, ...options })
  const connection = await running.connect({ tune: { heartbeat: 0 } })
  const channel = await connection.channel()
  const queue = await channel.declareQueue({ queue: 'q', exclusive: false })
  await channel.confirmSelect()
  const blocked = async () => (await connection.control.expect(CONNECTION_BLOCKED)).reason
  const unblocked = () => connection.control.expect(CONNECTION_UNBLOCKED)
  return { running, machine, clock, logger, channel, queue, blocked, unblocked }
}

describe('a broker that has too much in memory', () => {
  it('holds publishers back, serves consumers, and goes on by itself', async () => {
    const { running, machine, clock, channel, queue, blocked, unblocked } = await start()
    await channel.publish({ routingKey: queue, body: 'before' }).confirmed(1)
    machine.allocate(600)
    clock.advance(A_WHILE_MS)
    channel.publish({ routingKey: queue, body: 'after' })
    expect(await blocked()).toBe('low on memory')
    const consumer = await running.channel({ tune: { heartbeat: 0 } })
    await consumer.consume(queue)
    expect(await consumer.bodies(1)).toEqual(['before'])
    machine.allocate(-600)
    clock.advance(A_WHILE_MS)
    await unblocked()
    await channel.confirmed(2, 1)
    expect(await consumer.bodies(1)).toEqual(['after'])
  })

  it('holds publishers back from the start when its watermark is so low', async () => {
    const { channel, blocked } = await start({ memoryHighWatermark: 50 })
    channel.publish({ exchange: 'amq.fanout' })
    expect(await blocked()).toBe('low on memory')
  })

  it('is told of the real one when nobody says otherwise', async () => {
    const running = await RunningBroker.start({ memoryHighWatermark: 1_048_576 })
    const connection = await running.connect()
    ;(await connection.channel()).publish({ exchange: 'amq.fanout' })
    expect((await connection.control.expect(CONNECTION_BLOCKED)).reason).toBe('low on memory')
  })

  it('stays blocked while the program says so, too', async () => {
    const { running, machine, clock, channel, blocked, unblocked } = await start()
    machine.allocate(600)
    clock.advance(A_WHILE_MS)
    running.broker.setAlarm('memory', true)
    channel.publish({ exchange: 'amq.fanout' })
    await blocked()
    machine.allocate(-600)
    clock.advance(A_WHILE_MS)
    await running.settled()
    running.broker.setAlarm('memory', false)
    await unblocked()
    await channel.confirmed(1)
  })
})

describe('a broker whose disk is full', () => {
  it('holds publishers back, and goes on by itself', async () => {
    const dataDir = temporaryDirectory()
    const { machine, clock, channel, blocked, unblocked } = await start({ dataDir })
    expect(machine.directories).toEqual([dataDir])
    machine.freeBytes = 49_999_999
    clock.advance(A_WHILE_MS)
    await eventually(() => expect(machine.directories).toHaveLength(2))
    channel.publish({ exchange: 'amq.fanout' })
    expect(await blocked()).toBe('low on disk')
    machine.freeBytes = 1e9
    clock.advance(A_WHILE_MS)
    await unblocked()
    await channel.confirmed(1)
  })

  it.each([
    ['it keeps nothing there', { dataDir: 'none' }],
    ['there is no limit', { diskFreeLimitBytes: 0 }],
  ])('does not look when %s', async (_why, options) => {
    const { machine } = await start({ dataDir: temporaryDirectory(), ...options })
    expect(machine.directories).toEqual([])
  })
})

describe('a broker that has stopped', () => {
  it('looks at nothing any more', async () => {
    const { running, clock, logger, machine } = await start({
      dataDir: temporaryDirectory(),
      shutdownTimeoutMs: 1,
    })
    await running.broker.close()
    logger.take()
    const before = machine.directories.length
    machine.allocate(900)
    clock.advance(A_WHILE_MS)
    expect(machine.directories).toHaveLength(before)
    expect(logger.take()).toEqual([])
  })
})
