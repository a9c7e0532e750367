import { describe, expect, it } from 'vitest'
import { hashPassword } from '../../../src/auth/password-hash.ts'
import { Users } from '../../../src/auth/users.ts'

function usersWith(loopbackUsers: readonly string[]): Users {
  const users = new Users(loopbackUsers)
  for (const [name, password] of [
    ['guest', 'sécret'],
    ['app', 'sesame'],
  ] as const) {
    users.add({
      kind: 'user',
      name,
      passwordHash: hashPassword(password),
      tags: [],
      limits: new Map(),
    })
  }
  return users
}

describe('users', () => {
  const users = usersWith(['guest'])

  it('are let in with their own password only', () => {
    expect(users.authenticate('guest', 'sécret', true)?.name).toBe('guest')
    expect(users.authenticate('app', 'sesame', true)?.name).toBe('app')
    expect(users.authenticate('guest', 'secret', true)).toBeUndefined()
    expect(users.authenticate('guest', 'sesame', true)).toBeUndefined()
    expect(users.authenticate('guest', '', true)).toBeUndefined()
    expect(users.authenticate('Guest', 'sécret', true)).toBeUndefined()
  })

  it('of this machine are refused from elsewhere', () => {
    expect(users.authenticate('guest', 'sécret', false)).toBeUndefined()
    expect(users.authenticate('app', 'sesame', false)?.name).toBe('app')
    expect(usersWith([]).authenticate('guest', 'sécret', false)?.name).toBe('guest')
  })
})
