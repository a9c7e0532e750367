import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Turn } from '../../../src/base/turn.ts'

describe('the end of a turn', () => {
  it('comes by itself, once for everything that was scheduled', async () => {
    const turn = new Turn()
    const called: string[] = []
    turn.schedule({ endTurn: () => called.push('first') })
    turn.schedule({ endTurn: () => called.push('second') })
    expect(called).toEqual([])
    await setImmediate()
    expect(called).toEqual(['first', 'second'])
    expect(turn.number).toBe(1)
    await setImmediate()
    expect(called).toEqual(['first', 'second'])
    expect(turn.number).toBe(1)
  })

  it('leaves to the next turn what is scheduled meanwhile', () => {
    const turn = new Turn()
    let calls = 0
    const again = {
      endTurn() {
        calls++
        if (calls < 3) turn.schedule(again)
      },
    }
    turn.schedule(again)
    turn.run()
    expect(calls).toBe(1)
    turn.run()
    turn.run()
    turn.run()
    expect(calls).toBe(3)
  })
})
