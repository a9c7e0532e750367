import { describe, expect, it } from 'vitest'
import { Users } from '../../../src/auth/users.ts'

describe('users', () => {
  const users = new Users({ defaultUser: 'guest', defaultPass: 'sécret', loopbackUsers: ['guest'] })

  it('are let in with their password only', () => {
    expect(users.authenticate('guest', 'sécret', true)).toEqual({ name: 'guest' })
    expect(users.authenticate('guest', 'secret', true)).toBeUndefined()
    expect(users.authenticate('guest', '', true)).toBeUndefined()
    expect(users.authenticate('Guest', 'sécret', true)).toBeUndefined()
  })

  it('of this machine are refused from elsewhere', () => {
    expect(users.authenticate('guest', 'sécret', false)).toBeUndefined()
    const open = new Users({ defaultUser: 'guest', defaultPass: 'x', loopbackUsers: [] })
    expect(open.authenticate('guest', 'x', false)).toEqual({ name: 'guest' })
  })
})
