import { describe, expect, it } from 'vitest'
import { FailedLogins } from '../../../src/auth/failed-logins.ts'
import { FakeClock } from '../../support/fake-clock.ts'

function failing(): {
  clock: FakeClock
  logins: FailedLogins
  fail: (count: number, address: string, username?: string) => void
} {
  const clock = new FakeClock()
  const logins = new FailedLogins(clock)
  const fail = (count: number, address: string, username = 'ann') => {
    for (let i = 0; i < count; i++) logins.add(address, username)
  }
  return { clock, logins, fail }
}

describe('failed logins', () => {
  it('let ten pass, and then one in two seconds', () => {
    const { clock, logins, fail } = failing()
    fail(9, '10.0.0.1')
    expect(logins.waitMs('10.0.0.1', 'ann')).toBe(0)
    fail(1, '10.0.0.1')
    expect(logins.waitMs('10.0.0.1', 'ann')).toBe(2000)
    clock.advance(2000)
    expect(logins.waitMs('10.0.0.1', 'ann')).toBe(0)
    fail(1, '10.0.0.1')
    expect(logins.waitMs('10.0.0.1', 'ann')).toBe(2000)
  })

  it('are forgotten with time', () => {
    const { clock, logins, fail } = failing()
    fail(10, '10.0.0.1')
    clock.advance(20_000)
    fail(9, '10.0.0.1')
    expect(logins.waitMs('10.0.0.1', 'ann')).toBe(0)
  })

  it('do not keep out others from there, nor the same from elsewhere', () => {
    const { logins, fail } = failing()
    fail(10, '10.0.0.1')
    expect(logins.waitMs('10.0.0.1', 'bob')).toBe(0)
    expect(logins.waitMs('10.0.0.2', 'ann')).toBe(0)
  })

  it('of many names keep out everybody from there', () => {
    const { logins, fail } = failing()
    for (let i = 0; i < 100; i++) fail(1, '10.0.0.1', `user ${i}`)
    expect(logins.waitMs('10.0.0.1', 'somebody else')).toBe(200)
    expect(logins.waitMs('10.0.0.2', 'somebody else')).toBe(0)
  })

  it.each([
    ['10.0.0.1', '::ffff:10.0.0.1'],
    ['2001:db8:0:7::1', '2001:db8:0:7:aaaa:bbbb:cccc:dddd'],
    ['2001:db8::1', '2001:db8:0:0:1::'],
    ['fe80::1%eth0', 'fe80::2%eth1'],
    ['::1', '0:0:0:0:0:0:0:1'],
  ])('of %s and %s are of the same', (one, other) => {
    const { logins, fail } = failing()
    fail(10, one)
    expect(logins.waitMs(other, 'ann')).toBe(2000)
  })

  it.each([
    ['2001:db8:0:7::1', '2001:db8:0:8::1'],
    ['::1', '1::'],
  ])('of %s and %s are not', (one, other) => {
    const { logins, fail } = failing()
    fail(10, one)
    expect(logins.waitMs(other, 'ann')).toBe(0)
  })

  it('are remembered of ten thousand at a time, and names only as far as they tell apart', () => {
    const { logins, fail } = failing()
    fail(10, '10.0.0.1')
    for (let i = 0; i < 10_000; i++) fail(1, `${i}`, `${i}`)
    expect(logins.waitMs('10.0.0.1', 'ann')).toBe(0)
    fail(10, '10.0.0.1', `${'x'.repeat(255)}y`)
    expect(logins.waitMs('10.0.0.1', `${'x'.repeat(255)}z`)).toBe(2000)
  })
})
