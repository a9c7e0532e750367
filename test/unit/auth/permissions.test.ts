import { describe, expect, it } from 'vitest'
import type { Access, ResourceKind, Right } from '../../../src/auth/access.ts'
import { Permissions } from '../../../src/auth/permissions.ts'
import { User } from '../../../src/auth/user.ts'

const USER = { kind: 'user', name: 'u', passwordHash: '', tags: [], limits: new Map() } as const

/** A user in vhost `v`, whose permissions a test may change. */
class Fixture {
  readonly changedVhosts: string[] = []
  readonly user: User = new User(USER)
  readonly permissions: Permissions = new Permissions(
    (name) => (name === 'u' ? this.user : undefined),
    (vhost) => this.changedVhosts.push(vhost),
  )

  get access(): Access {
    return this.permissions.accessOf(this.user, 'v')
  }

  async grant(configure: string, write: string, read: string): Promise<void> {
    const names = { kind: 'permission', user: 'u', vhost: 'v' } as const
    await this.permissions.definitions.put({ ...names, configure, write, read })
  }

  may(right: Right, kind: ResourceKind, name: string): boolean {
    return this.#isAllowed(() => this.access.check(right, kind, name))
  }

  mayUse(right: 'write' | 'read', exchange: string, routingKey: string): boolean {
    return this.#isAllowed(() => this.access.checkTopic(right, exchange, routingKey))
  }

  #isAllowed(check: () => void): boolean {
    try {
      check()
      return true
    } catch {
      return false
    }
  }
}

describe('permissions', () => {
  it('let nobody do anything who has none', () => {
    const fixture = new Fixture()
    expect(fixture.access.grants.permission).toBeUndefined()
    expect(fixture.may('read', 'queue', 'q')).toBe(false)
    expect(fixture.access.hasAny('q')).toBe(false)
  })

  it('are regular expressions for names, one for each right', async () => {
    const fixture = new Fixture()
    await fixture.grant('^c', '^(w|amq\\.default$)', '')
    expect(fixture.may('configure', 'queue', 'c1')).toBe(true)
    expect(fixture.may('configure', 'exchange', 'w1')).toBe(false)
    expect(fixture.may('write', 'exchange', '')).toBe(true)
    expect(fixture.may('read', 'queue', 'c1')).toBe(false)
    expect(fixture.access.hasAny('w1')).toBe(true)
    expect(fixture.access.hasAny('r1')).toBe(false)
  })

  it('say in words what is not allowed', async () => {
    const { access } = new Fixture()
    expect(() => access.check('write', 'exchange', '')).toThrow(
      "ACCESS_REFUSED - write access to exchange 'amq.default' in vhost 'v' refused for user 'u'",
    )
    expect(() => access.check('configure', 'queue', 'q')).toThrow(
      "ACCESS_REFUSED - configure access to queue 'q' in vhost 'v' refused for user 'u'",
    )
  })

  it('count at once when they change, for everybody who asks already', async () => {
    const fixture = new Fixture()
    const { access } = fixture
    await fixture.grant('.*', '.*', '.*')
    expect(fixture.access).toBe(access)
    expect(fixture.may('read', 'queue', 'q')).toBe(true)
    await fixture.grant('.*', '.*', '^r')
    expect(fixture.may('read', 'queue', 'q')).toBe(false)
    await fixture.permissions.deleteAll(({ user }) => user === 'u')
    expect(access.grants.permission).toBeUndefined()
    expect(fixture.changedVhosts).toEqual(['v', 'v', 'v'])
  })

  it('for topics limit the routing keys of those exchanges that have any', async () => {
    const fixture = new Fixture()
    const names = { kind: 'topic-permission', user: 'u', vhost: 'v', exchange: 't' } as const
    await fixture.permissions.topicDefinitions.put({
      ...names,
      write: '^{vhost}\\.{username}\\.',
      read: '',
    })
    expect(fixture.mayUse('write', 't', 'v.u.x')).toBe(true)
    expect(fixture.mayUse('write', 't', 'v.w.x')).toBe(false)
    expect(fixture.mayUse('read', 't', 'v.u.x')).toBe(false)
    expect(fixture.mayUse('read', 'other', 'v.u.x')).toBe(true)
    expect(() => fixture.access.checkTopic('write', 't', 'k')).toThrow(
      "ACCESS_REFUSED - write access to topic 'k' in exchange 't' in vhost 'v' refused for user 'u'",
    )
  })
})
