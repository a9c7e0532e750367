import { describe, expect, test } from 'vitest'
import { Histogram } from '../../../src/load/histogram.ts'

describe('The histogram', () => {
  test('knows no quantile of nothing', () => {
    expect(new Histogram().quantile(0.5)).toBeUndefined()
  })

  test('gives quantiles that are right to two percent, from tenths of a microsecond to minutes', () => {
    for (const scale of [1, 1e3, 1e5]) {
      const histogram = new Histogram()
      for (let i = 1; i <= 1000; i++) histogram.add(i * scale)
      for (const q of [0.01, 0.5, 0.99]) {
        const exact = q * 1000 * scale
        const found = histogram.quantile(q)!
        expect(Math.abs(found - exact) / exact).toBeLessThan(0.02)
      }
    }
  })

  test('counts what is too long as the longest it knows, and what is negative as nothing', () => {
    const histogram = new Histogram()
    histogram.add(-5)
    expect(histogram.quantile(1)).toBe(0)
    histogram.add(Number.MAX_SAFE_INTEGER)
    expect(histogram.quantile(1)).toBeGreaterThan(420e6)
  })

  test('forgets everything when cleared', () => {
    const histogram = new Histogram()
    histogram.add(10)
    histogram.clear()
    expect(histogram.count).toBe(0)
    expect(histogram.quantile(0.5)).toBeUndefined()
  })
})
