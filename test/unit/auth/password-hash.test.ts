import { describe, expect, it } from 'vitest'
import { hashPassword, isPassword } from '../../../src/auth/password-hash.ts'

describe('the hash of a password', () => {
  it('is that of RabbitMQ', () => {
    // As RabbitMQ 3.10 exported its user guest, whose password is guest.
    const exported = 'j6eHTgpD9n4lYoVQu6QuT0AnBX51jfjL2Hv8/hURwt2aJLxn'
    expect(isPassword('guest', exported)).toBe(true)
    expect(isPassword('Guest', exported)).toBe(false)
  })

  it('has a salt of its own each time', () => {
    const [one, two] = [hashPassword('sesame'), hashPassword('sesame')]
    expect(one).not.toBe(two)
    expect([isPassword('sesame', one), isPassword('sesame', two)]).toEqual([true, true])
  })

  it.each(['', 'AAAA', '?', 'j6eHTgpD9n4lYoVQu6QuT0AnBX51jfjL2Hv8/hURwt2aJL'])(
    'that is none, %j, is that of no password',
    (broken) => {
      expect(isPassword('', broken)).toBe(false)
      expect(isPassword('guest', broken)).toBe(false)
    },
  )
})
