import { describe, expect, it } from 'vitest'
import { Ticker } from '../../../src/base/ticker.ts'
import { FakeClock } from '../../support/fake-clock.ts'

describe('the ticker', () => {
  it('calls all its listeners at every interval, and no timer runs without any', () => {
    const clock = new FakeClock(0)
    const ticker = new Ticker(clock, 100)
    expect(clock.pendingCount).toBe(0)
    const heard: string[] = []
    const first = { tick: (nowMs: number) => heard.push(`first ${nowMs}`) }
    const second = { tick: (nowMs: number) => heard.push(`second ${nowMs}`) }
    ticker.add(first)
    ticker.add(second)
    expect(clock.pendingCount).toBe(1)
    clock.advance(250)
    expect(heard).toEqual(['first 100', 'second 100', 'first 200', 'second 200'])
    ticker.remove(first)
    clock.advance(100)
    expect(heard.slice(4)).toEqual(['second 300'])
    ticker.remove(second)
    expect(clock.pendingCount).toBe(0)
  })

  it('may lose a listener while it calls them', () => {
    const clock = new FakeClock(0)
    const ticker = new Ticker(clock, 100)
    let calls = 0
    const once = {
      tick() {
        calls++
        ticker.remove(once)
      },
    }
    ticker.add(once)
    clock.advance(1000)
    expect(calls).toBe(1)
  })
})
