import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Alarms } from '../../../src/server/alarms.ts'
import { DiskMonitor } from '../../../src/server/disk-monitor.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { FakeMachine } from '../../support/fake-machine.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'

const MB = 1_000_000
const GB = 1_000_000_000
const LIMIT = 50 * MB

/** A monitor that has looked once. */
async function start(freeBytes: number | Error) {
  const machine = new FakeMachine()
  machine.freeBytes = freeBytes
  const clock = new FakeClock()
  const logger = new RecordingLogger()
  const reasons: (string | null)[] = []
  const alarms = new Alarms(logger, (shortage) => reasons.push(shortage?.reason ?? null))
  const parts = { machine, clock, logger, alarms }
  const monitor = new DiskMonitor({ dataDir: '/data', diskFreeLimitBytes: LIMIT, ...parts })
  await monitor.start()
  /** What it finds when it looks next, at the latest ten seconds from now. */
  const find = async (next: number | Error): Promise<void> => {
    machine.freeBytes = next
    clock.advance(10_000)
    await setImmediate()
  }
  return { monitor, machine, clock, logger, reasons, find }
}

describe('the disk monitor', () => {
  it('raises the alarm below the limit, and clears it a little above', async () => {
    const { reasons, find } = await start(LIMIT)
    expect(reasons).toEqual([])
    await find(LIMIT - 1)
    expect(reasons).toEqual(['low on disk'])
    await find(54 * MB)
    expect(reasons).toEqual(['low on disk'])
    await find(56 * MB)
    expect(reasons).toEqual(['low on disk', null])
    await find(LIMIT)
    expect(reasons).toHaveLength(2)
  })

  it('looks at the filesystem of the data directory before it counts as started', async () => {
    const { machine, reasons } = await start(1)
    expect(machine.directories).toEqual(['/data'])
    expect(reasons).toEqual(['low on disk'])
  })

  it('says what the limit is, and the figures of every change', async () => {
    const { logger, find } = await start(GB)
    const figures = { resource: 'disk', source: 'monitor', limitBytes: LIMIT }
    expect(logger.take()).toEqual([['info', 'Disk free limit set', { limitBytes: LIMIT }]])
    await find(7)
    await find(GB)
    expect(logger.take()).toMatchObject([
      ['warn', /^Alarm raised/, { ...figures, freeBytes: 7 }],
      ['info', /^Alarm cleared/, { ...figures, freeBytes: GB }],
    ])
  })

  it.each([
    ['ten seconds', 'there is plenty', 100 * GB, 10_000],
    ['the time in which a fast disk fills half way', 'there is some', LIMIT + 3 * GB, 1500],
    ['a tenth of a second', 'there is little', LIMIT + 1, 100],
    ['a second', 'there is too little', 1, 1000],
  ])('looks again after %s when %s', async (_time, _much, freeBytes, intervalMs) => {
    const { machine, clock } = await start(freeBytes)
    clock.advance(intervalMs - 1)
    expect(machine.directories).toHaveLength(1)
    clock.advance(1)
    expect(machine.directories).toHaveLength(2)
  })

  it('looks once at a time, however long that takes', async () => {
    const { machine, clock } = await start(1)
    clock.advance(1_000_000)
    expect(machine.directories).toHaveLength(2)
  })

  it('takes things to be as they were when it cannot look, and says so once', async () => {
    const { logger, reasons, find } = await start(1)
    logger.take()
    const err = new Error('EIO')
    await find(err)
    await find(err)
    expect(reasons).toEqual(['low on disk'])
    expect(logger.take()).toEqual([['error', 'Cannot tell how much disk space is free', { err }]])
    await find(GB)
    expect(reasons).toEqual(['low on disk', null])
    logger.take()
    await find(err)
    expect(logger.take()).toHaveLength(1)
  })

  it('goes on when the very first look fails', async () => {
    const { reasons, find } = await start(new Error('ENOENT'))
    expect(reasons).toEqual([])
    await find(1)
    expect(reasons).toEqual(['low on disk'])
  })

  it('looks no more when it has been stopped, and forgets what it was about to find', async () => {
    const { monitor, machine, clock, reasons } = await start(GB)
    machine.freeBytes = 1
    clock.advance(10_000)
    monitor.stop()
    await setImmediate()
    expect(reasons).toEqual([])
    expect(clock.pendingCount).toBe(0)
  })
})
