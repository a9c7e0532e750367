import { FrameParser } from 'amqp-codec'
import { describe, expect, it, vi } from 'vitest'
import { Turn } from '../../../src/base/turn.ts'
import { ReadBudget } from '../../../src/connection/read-budget.ts'
import { FakeSocket } from '../../support/fake-socket.ts'

const BUDGET_BYTES = 512 * 1024

function start(): { socket: FakeSocket; turn: Turn; budget: ReadBudget } {
  const socket = new FakeSocket()
  const turn = new Turn()
  const parser = new FrameParser({ onFrame() {} }, 0)
  const budget = new ReadBudget({
    socket: socket.socket,
    turn,
    parser,
    resumeFrames: () => parser.resume(),
  })
  return { socket, turn, budget }
}

describe('a socket', () => {
  it('is read up to its budget, and on in the next turn', () => {
    const { socket, turn, budget } = start()
    budget.spend(BUDGET_BYTES - 1)
    expect(socket.isPaused).toBe(false)
    budget.spend(1)
    expect(socket.isPaused).toBe(true)
    // What the system had read already still comes.
    const schedule = vi.spyOn(turn, 'schedule')
    budget.spend(1)
    expect(schedule).not.toHaveBeenCalled()
    turn.run()
    expect(socket.isPaused).toBe(false)
  })

  it('has its whole budget in each turn', () => {
    const { socket, turn, budget } = start()
    for (let round = 0; round < 3; round++) {
      budget.spend(BUDGET_BYTES - 1)
      expect(socket.isPaused).toBe(false)
      // Somebody else has something to do at the end of the turn.
      turn.schedule({ endTurn() {} })
      turn.run()
    }
  })

  it('is not read for as long as there is any reason not to', () => {
    const { socket, budget } = start()
    budget.hold('publish')
    budget.hold('outbox')
    budget.release('publish')
    expect(socket.isPaused).toBe(true)
    expect(budget.isHeld('publish')).toBe(false)
    expect(budget.isHeld('outbox')).toBe(true)
    budget.release('outbox')
    expect(socket.isPaused).toBe(false)
  })

  it('stays paused at the end of a turn that it is held in', () => {
    const { socket, turn, budget } = start()
    budget.spend(BUDGET_BYTES)
    budget.hold('publish')
    turn.run()
    expect(socket.isPaused).toBe(true)
    budget.release('publish')
    expect(socket.isPaused).toBe(false)
  })

  it('stays paused until the end of the turn when it is released before', () => {
    const { socket, turn, budget } = start()
    budget.hold('publish')
    budget.spend(BUDGET_BYTES)
    budget.release('publish')
    expect(socket.isPaused).toBe(true)
    turn.run()
    expect(socket.isPaused).toBe(false)
  })
})
