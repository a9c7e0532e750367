import { describe, expect, it } from 'vitest'
import { MessageBudget } from '../../../src/queue/message-budget.ts'

const LIMIT = 1_000_000

/** Queues that each take a little, one after the other, until none may have more. */
function fill(budget: MessageBudget, queueCount: number): number[] {
  const queues = new Array<number>(queueCount).fill(0)
  const step = 100
  for (let isFull = false; !isFull; ) {
    isFull = true
    for (const [index, bytes] of queues.entries()) {
      if (!budget.allows(bytes + step)) continue
      budget.take(step)
      queues[index] = bytes + step
      isFull = false
    }
  }
  return queues
}

describe('a message budget', () => {
  it.each([1, 2, 9, 99])('is shared by %i deep queues, and leaves room for one more', (count) => {
    const budget = new MessageBudget(LIMIT)
    const shares = fill(budget, count)
    const share = LIMIT / (count + 1)
    expect(Math.min(...shares)).toBeGreaterThan(share * 0.9)
    expect(Math.max(...shares)).toBeLessThan(share * 1.1)
    expect(budget.usedBytes).toBe(shares.reduce((sum, bytes) => sum + bytes))
    expect(budget.allows(share * 0.9)).toBe(true)
  })

  it('has room again when something was given back', () => {
    const budget = new MessageBudget(LIMIT)
    const [deep = 0] = fill(budget, 1)
    expect(budget.allows(deep + 200)).toBe(false)
    budget.take(-1000)
    expect(budget.allows(deep - 1000 + 200)).toBe(true)
    budget.take(1000 - deep)
    expect(budget.usedBytes).toBe(0)
  })

  it('allows nothing while more is used than there should be', () => {
    const budget = new MessageBudget(LIMIT)
    budget.take(LIMIT + 1)
    expect(budget.allows(0)).toBe(false)
  })

  it('allows everything when it has no limit', () => {
    const budget = new MessageBudget(Number.POSITIVE_INFINITY)
    budget.take(Number.MAX_SAFE_INTEGER)
    expect(budget.allows(Number.MAX_SAFE_INTEGER)).toBe(true)
  })
})
