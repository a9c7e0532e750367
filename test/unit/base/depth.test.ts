import { describe, expect, it } from 'vitest'
import { isDeeperThan } from '../../../src/base/depth.ts'

describe('the depth of a value', () => {
  it('is that of its deepest part', () => {
    expect(isDeeperThan(0, 5)).toBe(false)
    expect(isDeeperThan(0, [])).toBe(true)
    expect(isDeeperThan(2, { a: [1, 2], b: 'x', c: null })).toBe(false)
    expect(isDeeperThan(2, { a: [1, {}], b: 'x' })).toBe(true)
  })

  it('is found of values that are too deep to walk by recursion', () => {
    expect(isDeeperThan(64, JSON.parse('['.repeat(5000) + ']'.repeat(5000)))).toBe(true)
  })
})
