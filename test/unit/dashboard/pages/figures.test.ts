import { describe, expect, it } from 'vitest'
import { bytes, count, duration, rate } from '../../../../src/dashboard/pages/format/figures.ts'

describe('figures', () => {
  it.each([
    [0, '0'],
    [1234567, '1,234,567'],
    [undefined, '–'],
  ])('counts %j', (value, shown) => {
    expect(count(value)).toBe(shown)
  })

  it.each([
    [0, '0/s'],
    [0.2, '0.2/s'],
    [12.345, '12.3/s'],
    [1234.5, '1,235/s'],
    [undefined, '–'],
  ])('says how fast %j is', (value, shown) => {
    expect(rate(value)).toBe(shown)
  })

  it.each([
    [0, '0 B'],
    [1023, '1,023 B'],
    [1024, '1 KiB'],
    [1536, '1.5 KiB'],
    [5 * 1024 ** 3, '5 GiB'],
    [1e20, '88,818 PiB'],
    [undefined, '–'],
  ])('says how much %j is', (value, shown) => {
    expect(bytes(value)).toBe(shown)
  })

  it.each([
    [0, '0 s'],
    [-5, '0 s'],
    [1500, '2 s'],
    [59_999, '1 min'],
    [61_000, '1 min 1 s'],
    [3_600_000, '1 h'],
    [3_605_000, '1 h'],
    [90_061_000, '1 d 1 h'],
  ])('says how long %j ms are', (ms, shown) => {
    expect(duration(ms)).toBe(shown)
  })
})
