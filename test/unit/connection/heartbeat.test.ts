import { describe, expect, it } from 'vitest'
import { Ticker } from '../../../src/base/ticker.ts'
import { Heartbeat } from '../../../src/connection/heartbeat.ts'
import { FakeClock } from '../../support/fake-clock.ts'

const TICK_MS = 250

/** A heartbeat of 10 s on a clock of its own, and the times at which it asked for something. */
function start(): {
  clock: FakeClock
  heartbeat: Heartbeat
  sentAt: number[]
  droppedAt: number[]
} {
  const clock = new FakeClock(0)
  const heartbeat = new Heartbeat(10, TICK_MS)
  const sentAt: number[] = []
  const droppedAt: number[] = []
  new Ticker(clock, TICK_MS).add({
    tick(nowMs) {
      const action = heartbeat.tick(nowMs)
      if (action === 'send') {
        sentAt.push(nowMs)
        // The heartbeat itself is written, as any other frame is.
        heartbeat.sent()
      }
      if (action === 'drop') droppedAt.push(nowMs)
    },
  })
  return { clock, heartbeat, sentAt, droppedAt }
}

describe('a heartbeat', () => {
  it('is sent every half interval while nothing else is', () => {
    const { clock, sentAt } = start()
    clock.advance(15_500)
    expect(sentAt).toEqual([5250, 10_250, 15_250])
  })

  it('is not sent while there is other output', () => {
    const { clock, heartbeat, sentAt } = start()
    for (let second = 0; second < 19; second++) {
      heartbeat.sent()
      clock.advance(1000)
    }
    expect(sentAt).toEqual([])
  })

  it('drops a peer that was silent for three intervals', () => {
    const { clock, droppedAt } = start()
    clock.advance(30_000)
    expect(droppedAt).toEqual([])
    clock.advance(TICK_MS)
    expect(droppedAt).toEqual([30_250])
  })

  it('keeps a peer that says anything in time', () => {
    const { clock, heartbeat, droppedAt } = start()
    for (let round = 0; round < 5; round++) {
      clock.advance(29_000)
      heartbeat.heard()
    }
    expect(droppedAt).toEqual([])
  })
})
