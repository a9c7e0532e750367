import { describe, expect, it, vi } from 'vitest'
import { Alarms } from '../../../src/server/alarms.ts'
import { MemoryMonitor } from '../../../src/server/memory-monitor.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { FakeMachine } from '../../support/fake-machine.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'

/** How often it looks, and how often garbage is collected at most. */
const INTERVAL_MS = 250
const COLLECT_INTERVAL_MS = 2000

/** A monitor that runs; half of the 1000 bytes are allowed unless a test says otherwise. */
function start(memoryHighWatermark = 0.5, machine = new FakeMachine()) {
  const clock = new FakeClock()
  const logger = new RecordingLogger()
  const reasons: (string | null)[] = []
  const alarms = new Alarms(logger, (shortage) => reasons.push(shortage?.reason ?? null))
  const monitor = new MemoryMonitor({ memoryHighWatermark, machine, clock, logger, alarms })
  monitor.start()
  /** Allocates up to that, and lets the monitor see it. */
  const use = (bytes: number): void => {
    machine.allocate(bytes - machine.residentBytes)
    clock.advance(INTERVAL_MS)
  }
  return { monitor, machine, clock, logger, reasons, use }
}

describe('the memory monitor', () => {
  it('raises the alarm above the watermark, and clears it a little below', () => {
    const { reasons, use } = start()
    use(500)
    expect(reasons).toEqual([])
    use(501)
    expect(reasons).toEqual(['low on memory'])
    use(476)
    expect(reasons).toEqual(['low on memory'])
    use(475)
    expect(reasons).toEqual(['low on memory', null])
    use(500)
    expect(reasons).toHaveLength(2)
  })

  it('looks at once when it starts', () => {
    const machine = new FakeMachine()
    machine.allocate(500)
    expect(start(0.5, machine).reasons).toEqual(['low on memory'])
  })

  it('says what the watermark comes to, and the figures of every change', () => {
    const { logger, use } = start()
    const figures = { resource: 'memory', source: 'monitor', of: 'process', limitBytes: 500 }
    expect(logger.take()).toEqual([
      ['info', 'Memory high watermark set', { limitBytes: 500, totalBytes: 1000 }],
    ])
    use(700)
    use(200)
    expect(logger.take()).toMatchObject([
      ['warn', /^Alarm raised/, { ...figures, usedBytes: 700 }],
      ['info', /^Alarm cleared/, { ...figures, usedBytes: 200 }],
    ])
  })

  it.each([
    [0.25, 250],
    [1, 1000],
    [300, 300],
    [5000, 1000],
  ])('takes a watermark of %d for %d bytes of 1000', (watermark, limitBytes) => {
    expect(start(watermark).logger.lines[0]).toMatchObject([
      expect.any(String),
      /./,
      { limitBytes },
    ])
  })

  it('blocks publishers for good with a watermark of 0, and collects no garbage for that', () => {
    const { machine, clock, reasons } = start(0)
    clock.advance(60_000)
    expect(reasons).toEqual(['low on memory'])
    expect(machine.collectionCount).toBe(0)
  })

  it('does not count what the C library keeps of freed buffers', () => {
    const { machine, clock, reasons, use } = start()
    use(600)
    machine.allocatedBytes -= 300
    clock.advance(INTERVAL_MS)
    expect(machine.residentBytes).toBe(600)
    expect(reasons).toEqual(['low on memory', null])
  })

  it('does not count what was allocated and never touched', () => {
    const { machine, clock, reasons } = start()
    machine.allocatedBytes = 900
    clock.advance(INTERVAL_MS)
    expect(reasons).toEqual([])
  })

  it('counts what the process had besides when it started', () => {
    const machine = new FakeMachine()
    machine.residentBytes = 400
    const { reasons, use } = start(0.5, machine)
    use(501)
    expect(machine.allocatedBytes).toBe(161)
    expect(reasons).toEqual(['low on memory'])
  })

  it('raises the alarm before the heap of JavaScript is full', () => {
    const { machine, clock, logger, reasons } = start()
    machine.heapUsedBytes = 801
    clock.advance(INTERVAL_MS)
    expect(reasons).toEqual(['low on memory'])
    expect(logger.lines.at(-1)?.[2]).toMatchObject({ of: 'heap', usedBytes: 801, limitBytes: 800 })
    machine.heapUsedBytes = 400
    clock.advance(INTERVAL_MS)
    expect(reasons).toEqual(['low on memory', null])
  })

  it('collects garbage as soon as the alarm is raised, so that garbage alone does not keep it', () => {
    const { machine, clock, reasons, use } = start()
    machine.onCollect = () => machine.allocate(-300)
    use(600)
    expect(machine.collectionCount).toBe(1)
    clock.advance(INTERVAL_MS)
    expect(reasons).toEqual(['low on memory', null])
    clock.advance(60_000)
    expect(machine.collectionCount).toBe(1)
  })

  it('collects again while the alarm lasts, but not at every look', () => {
    const { machine, clock, use } = start()
    use(600)
    clock.advance(COLLECT_INTERVAL_MS - INTERVAL_MS)
    expect(machine.collectionCount).toBe(1)
    clock.advance(INTERVAL_MS)
    expect(machine.collectionCount).toBe(2)
  })

  it('spends no more than a 20th of the time on that', () => {
    const { machine, clock, use } = start()
    const tookMs = 500
    const now = clock.now.bind(clock)
    vi.spyOn(clock, 'now').mockImplementation(() => now() + machine.collectionCount * tookMs)
    use(600)
    clock.advance(tookMs * 20 - INTERVAL_MS)
    expect(machine.collectionCount).toBe(1)
    clock.advance(INTERVAL_MS)
    expect(machine.collectionCount).toBe(2)
  })

  it('looks no more when it has been stopped', () => {
    const { monitor, clock, reasons, use } = start()
    monitor.stop()
    use(900)
    expect(reasons).toEqual([])
    expect(clock.pendingCount).toBe(0)
  })
})
