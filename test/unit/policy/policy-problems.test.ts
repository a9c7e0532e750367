import { describe, expect, it } from 'vitest'
import type { PolicyValue } from '../../../src/definitions/definition.ts'
import { policyProblems } from '../../../src/policy/policy-problems.ts'

type Settings = Readonly<Record<string, PolicyValue>>

interface Candidate {
  readonly kind?: 'policy' | 'operator-policy'
  readonly pattern?: string
  readonly applyTo?: string
  readonly priority?: unknown
}

const problems = (settings: Settings, candidate: Candidate = {}, allowMirroring = true) =>
  policyProblems(
    {
      kind: candidate.kind ?? 'policy',
      vhost: '/',
      name: 'p',
      pattern: candidate.pattern ?? '',
      applyTo: candidate.applyTo ?? 'all',
      priority: (candidate.priority ?? 0) as number,
      definition: new Map(Object.entries(settings)),
    },
    allowMirroring,
  )

// The texts are those of RabbitMQ 3.10.
describe('a policy', () => {
  it.each<[Settings, string]>([
    [{ 'message-ttl': -1 }, '-1 is not a valid message TTL'],
    [{ expires: 0 }, '0 is not a valid queue expiry'],
    [{ expires: 1.5 }, '1.5 is not a valid queue expiry'],
    [{ expires: [1, 2] }, '[1,2] is not a valid queue expiry'],
    [{ expires: { a: 1 } }, '#{<<"a">> => 1} is not a valid queue expiry'],
    [{ 'max-length': 'x' }, '<<"x">> is not a valid maximum length'],
    [{ 'max-in-memory-length': -1 }, '-1 is not a valid maximum memory in bytes'],
    [{ overflow: 'x' }, '<<"x">> is not a valid overflow value'],
    [{ 'queue-mode': 'x' }, '<<"x">> is not a valid queue-mode value'],
    [{ 'queue-version': 3 }, '3 is not a valid queue-version value'],
    [{ 'alternate-exchange': 1 }, '1 is not a valid alternate exchange name'],
    [{ 'dead-letter-exchange': true }, 'true is not a valid dead letter exchange name'],
    [{ 'dead-letter-routing-key': 1.5 }, '1.5 is not a valid dead letter routing key'],
    [{ 'dead-letter-strategy': 'x' }, '<<"x">> is not a valid dead letter strategy'],
    [{ 'initial-cluster-size': -1 }, '-1 is not a valid cluster size'],
    [{ 'stream-max-segment-size-bytes': -1 }, '-1 is not a valid segment size'],
    [{ 'max-age': 'x' }, '<<"x">> is not a valid max age'],
    [{ 'ha-mode': 'x' }, '<<"x">> is not a valid ha-mode value'],
    [
      { foo: 1, bar: 'b' },
      '[{<<"foo">>,1},{<<"bar">>,<<"b">>}] are not recognised policy settings',
    ],
    [{}, 'no policy provided'],
  ])('with %j is refused: %s', (settings, problem) => {
    expect(problems(settings)).toEqual([problem])
  })

  it.each<Settings>([
    { 'message-ttl': 0 },
    { expires: 1 },
    { 'max-length': 0, overflow: 'reject-publish-dlx' },
    { 'delivery-limit': -1 },
    { 'max-age': '7D' },
    { 'ha-mode': 'exactly', 'ha-params': 2, 'ha-sync-mode': 'automatic' },
    { 'dead-letter-routing-key': 'x' },
  ])('with %j is taken', (settings) => {
    expect(problems(settings)).toEqual([])
  })

  it('with mirrors is refused where there are none any more', () => {
    expect(problems({ 'ha-mode': 'all' }, {}, false)).toEqual([
      '[{<<"ha-mode">>,<<"all">>}] are not recognised policy settings',
    ])
  })

  it('is told everything that is wrong with it', () => {
    expect(
      problems({ 'max-length': -1, foo: 1 }, { pattern: '(a', applyTo: 'nothing', priority: 'a' }),
    ).toEqual([
      '-1 is not a valid maximum length',
      "apply-to 'nothing' unrecognised; should be one of: 'queues', 'classic_queues',  'quorum_queues', 'streams', 'exchanges', or 'all'",
      'pattern should be regular expression but is invalid: {"missing )",2}',
      'priority should be a number, actually was <<"a">>',
    ])
  })
})

describe('an operator policy', () => {
  const operator = { kind: 'operator-policy' } as const

  it('may limit lengths and times', () => {
    const limits = { expires: 1, 'message-ttl': 1, 'max-length': 1, 'max-length-bytes': 1 }
    expect(problems({ ...limits, 'delivery-limit': 1 }, operator)).toEqual([])
    expect(problems({ 'max-length': -1 }, operator)).toEqual(['-1 is not a valid maximum length'])
  })

  it('may set nothing else', () => {
    expect(problems({ overflow: 'drop-head' }, operator)).toEqual([
      '[{<<"overflow">>,<<"drop-head">>}] are not recognised policy settings',
    ])
  })
})
