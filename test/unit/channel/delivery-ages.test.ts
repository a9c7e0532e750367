import { describe, expect, it } from 'vitest'
import { DeliveryAges } from '../../../src/channel/delivery-ages.ts'

describe('the ages of deliveries', () => {
  it('say which tag was the last one before a time, or a little earlier', () => {
    const ages = new DeliveryAges()
    for (let second = 0; second <= 100; second++) ages.mark(second * 10, second * 1000, 600_000)
    // Noted every ten seconds.
    expect([-1, 0, 9_999, 10_000, 55_000, 100_000].map((time) => ages.lastBefore(time))).toEqual([
      0, 0, 0, 100, 500, 1000,
    ])
  })

  it('are of no delivery that went out later than the time', () => {
    const ages = new DeliveryAges()
    ages.mark(5, 1000, 60)
    ages.mark(5, 2000, 60)
    ages.mark(9, 2000, 60)
    expect([999, 1000, 1999, 2000].map((time) => ages.lastBefore(time))).toEqual([0, 5, 5, 9])
  })

  it('forget what nobody asks about', () => {
    const ages = new DeliveryAges()
    for (let tag = 1; tag <= 10; tag++) ages.mark(tag, tag * 1000, 1000)
    ages.forgetBefore(6)
    expect([5000, 6000, 10_000].map((time) => ages.lastBefore(time))).toEqual([0, 6, 10])
    ages.forgetBefore(11)
    expect(ages.lastBefore(10_000)).toBe(0)
    ages.mark(12, 12_000, 1000)
    expect(ages.lastBefore(12_000)).toBe(12)
  })

  it('are told apart for 100,000 deliveries at once, however many times were noted', () => {
    const ages = new DeliveryAges()
    for (let tag = 1; tag <= 100_000; tag++) ages.mark(tag, tag, 1)
    let sum = 0
    for (let tag = 1; tag <= 100_000; tag++) sum += ages.lastBefore(tag)
    expect(sum).toBe(5_000_050_000)
  })
})
