import { describe, expect, it } from 'vitest'
import { hashPassword } from '../../../src/auth/password-hash.ts'
import type { User } from '../../../src/auth/user.ts'
import { Users } from '../../../src/auth/users.ts'
import type { UserDefinition } from '../../../src/definitions/definition.ts'

const definitionOf = (name: string, password: string): UserDefinition => ({
  kind: 'user',
  name,
  passwordHash: hashPassword(password),
  tags: [],
  limits: new Map(),
})

async function usersWith(
  loopbackUsers: readonly string[],
  onDeleted?: (user: User) => void,
): Promise<Users> {
  const users = new Users(loopbackUsers, onDeleted)
  await users.definitions.put(definitionOf('guest', 'sécret'))
  await users.definitions.put(definitionOf('app', 'sesame'))
  return users
}

describe('users', () => {
  it('are let in with their own password only', async () => {
    const users = await usersWith(['guest'])
    expect(users.authenticate('guest', 'sécret', true)?.name).toBe('guest')
    expect(users.authenticate('app', 'sesame', true)?.name).toBe('app')
    expect(users.authenticate('guest', 'secret', true)).toBeUndefined()
    expect(users.authenticate('guest', 'sesame', true)).toBeUndefined()
    expect(users.authenticate('guest', '', true)).toBeUndefined()
    expect(users.authenticate('Guest', 'sécret', true)).toBeUndefined()
  })

  it('need no password when they have proven otherwise who they are', async () => {
    const users = await usersWith(['guest'])
    expect(users.admit('app', false)?.name).toBe('app')
    expect(users.admit('guest', true)?.name).toBe('guest')
    expect(users.admit('guest', false)).toBeUndefined()
    expect(users.admit('nobody', true)).toBeUndefined()
  })

  it('of this machine are refused from elsewhere', async () => {
    const users = await usersWith(['guest'])
    expect(users.authenticate('guest', 'sécret', false)).toBeUndefined()
    expect(users.authenticate('app', 'sesame', false)?.name).toBe('app')
    expect((await usersWith([])).authenticate('guest', 'sécret', false)?.name).toBe('guest')
  })

  it('are not let in without a password, even if theirs is empty', async () => {
    const users = await usersWith([])
    await users.definitions.put(definitionOf('open', ''))
    expect(users.authenticate('open', '', true)).toBeUndefined()
    await users.definitions.put({ ...definitionOf('closed', ''), passwordHash: '' })
    expect(users.authenticate('closed', 'x', true)).toBeUndefined()
  })

  it('stay the same when they are changed, and are others after they were deleted', async () => {
    const deleted: string[] = []
    const users = await usersWith([], ({ name }) => deleted.push(name))
    const before = users.find('app')
    const limits = new Map([['max-connections', 2]])
    await users.definitions.put({ ...definitionOf('app', 'other'), limits })
    expect(users.authenticate('app', 'other', true)).toBe(before)
    expect(before?.connectionLimit).toBe(2)
    await users.definitions.delete({ kind: 'user', name: 'app' })
    expect(users.find('app')).toBeUndefined()
    expect(deleted).toEqual(['app'])
    await users.definitions.put(definitionOf('app', 'sesame'))
    expect(users.find('app')).not.toBe(before)
  })

  it('have no limit where it is negative or missing', async () => {
    const users = await usersWith([])
    const limits = new Map([['max-connections', -1]])
    await users.definitions.put({ ...definitionOf('app', 'sesame'), limits })
    const user = users.find('app')
    expect([user?.connectionLimit, user?.channelLimit]).toEqual([
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ])
  })
})
