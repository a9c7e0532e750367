import { describe, expect, it } from 'vitest'
import type {
  ApplyTo,
  OperatorPolicyDefinition,
  PolicyValue,
  UserPolicyDefinition,
} from '../../../src/definitions/definition.ts'
import type { PolicySubject } from '../../../src/policy/policy.ts'
import { VhostPolicies } from '../../../src/policy/vhost-policies.ts'

interface Given {
  readonly pattern?: string
  readonly applyTo?: ApplyTo
  readonly priority?: number
}

type Settings = Readonly<Record<string, PolicyValue>>

const properties = (name: string, settings: Settings, given: Given) => ({
  vhost: '/',
  name,
  pattern: given.pattern ?? '',
  applyTo: given.applyTo ?? 'all',
  priority: given.priority ?? 0,
  definition: new Map(Object.entries(settings)),
})
const policy = (name: string, settings: Settings, given: Given = {}): UserPolicyDefinition => ({
  kind: 'policy',
  ...properties(name, settings, given),
})
const operator = (
  name: string,
  settings: Settings,
  given: Given = {},
): OperatorPolicyDefinition => ({
  kind: 'operator-policy',
  ...properties(name, settings, given),
})

const queue = (name: string): PolicySubject => ({ name, type: 'classic' })

function policiesWith(
  ...definitions: readonly (UserPolicyDefinition | OperatorPolicyDefinition)[]
): VhostPolicies {
  const policies = new VhostPolicies()
  for (const definition of definitions) policies.set(definition)
  return policies
}

describe('policies', () => {
  it('count for names that match, and of those the one with the highest priority', () => {
    const policies = policiesWith(
      policy('low', { 'max-length': 1 }, { pattern: '^a', priority: -1 }),
      policy('high', { 'max-length': 2 }, { pattern: '^ab', priority: 7 }),
      policy('middle', { 'max-length': 3 }, { priority: 0 }),
    )
    const nameFor = (name: string) => policies.effective(queue(name)).policy
    expect(nameFor('abc')).toBe('high')
    expect(nameFor('a')).toBe('middle')
    expect(nameFor('b')).toBe('middle')
    policies.delete('policy', 'middle')
    expect(nameFor('a')).toBe('low')
    expect(nameFor('b')).toBeUndefined()
  })

  it('of equal priority go by their names', () => {
    const policies = policiesWith(
      policy('b', { 'max-length': 1 }),
      policy('a', { 'max-length': 2 }),
    )
    expect(policies.effective(queue('q')).policy).toBe('a')
  })

  it.each<[ApplyTo, PolicySubject['type'][]]>([
    ['all', ['classic', 'quorum', 'stream', 'exchange']],
    ['queues', ['classic', 'quorum', 'stream']],
    ['classic_queues', ['classic']],
    ['quorum_queues', ['quorum']],
    ['streams', ['stream']],
    ['exchanges', ['exchange']],
  ])('for %s count for %j', (applyTo, types) => {
    const policies = policiesWith(policy('p', { 'max-length-bytes': 1 }, { applyTo }))
    const all: PolicySubject['type'][] = ['classic', 'quorum', 'stream', 'exchange']
    expect(all.filter((type) => policies.effective({ name: 'n', type }).policy === 'p')).toEqual(
      types,
    )
  })

  it('do not count for queues that cannot do one of the things they set', () => {
    const policies = policiesWith(
      policy('limit', { 'delivery-limit': 3, 'max-length': 1 }, { priority: 1 }),
      policy('any', { 'max-length-bytes': 1 }),
    )
    expect(policies.effective({ name: 'q', type: 'quorum' }).policy).toBe('limit')
    expect(policies.effective({ name: 'q', type: 'classic' }).policy).toBe('any')
    expect(policies.effective({ name: 'q', type: 'stream' }).policy).toBe('any')
    expect(policies.effective({ name: 'e', type: 'exchange' }).policy).toBe('limit')
  })

  it('of users and operators are merged to the lower limits', () => {
    const policies = policiesWith(
      policy('u', { 'max-length': 10, 'message-ttl': 5, 'alternate-exchange': 'a' }),
      operator('o', { 'max-length': 3, 'message-ttl': 50, expires: 7 }),
    )
    const { policy: user, operatorPolicy, definition } = policies.effective(queue('q'))
    expect([user, operatorPolicy]).toEqual(['u', 'o'])
    expect(Object.fromEntries(definition)).toEqual({
      'max-length': 3,
      'message-ttl': 5,
      'alternate-exchange': 'a',
      expires: 7,
    })
  })

  it('take a negative delivery limit for none', () => {
    const merged = (user: number, ofOperator: number) =>
      policiesWith(
        policy('u', { 'delivery-limit': user }),
        operator('o', { 'delivery-limit': ofOperator }),
      )
        .effective({ name: 'q', type: 'quorum' })
        .definition.get('delivery-limit')
    expect(merged(-1, 5)).toBe(5)
    expect(merged(5, -1)).toBe(5)
    expect(merged(9, 5)).toBe(5)
  })

  it('give the same object for what has not changed', () => {
    const policies = policiesWith(policy('a', { 'max-length': 1 }, { pattern: '^a' }))
    const before = policies.effective(queue('a'))
    policies.set(policy('b', { 'max-length': 1 }, { pattern: '^b' }))
    policies.set(policy('a', { 'max-length': 1 }, { pattern: '^a' }))
    expect(policies.effective(queue('a'))).toBe(before)
    policies.set(policy('a', { 'max-length': 2 }, { pattern: '^a' }))
    expect(policies.effective(queue('a'))).not.toBe(before)
    expect(policies.effective(queue('c')).definition.size).toBe(0)
  })

  it('say once which of them have come or gone', () => {
    const policies = policiesWith(policy('a', { 'max-length': 1 }), operator('a', { expires: 1 }))
    const changed = () =>
      policies.takeChanged().map(({ definition }) => [definition.kind, ...definition.definition])
    expect(changed()).toEqual([
      ['policy', ['max-length', 1]],
      ['operator-policy', ['expires', 1]],
    ])
    policies.set(policy('a', { 'max-length': 1 }))
    policies.delete('operator-policy', 'b')
    expect(changed()).toEqual([])
    policies.set(policy('a', { 'max-length': 2 }))
    policies.delete('operator-policy', 'a')
    expect(changed()).toEqual([
      ['policy', ['max-length', 2]],
      ['policy', ['max-length', 1]],
      ['operator-policy', ['expires', 1]],
    ])
  })
})
