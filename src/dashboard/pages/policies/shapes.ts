// Policies, as far as the pages read them.

import type { Json } from '../api/client.ts'

export interface Policy {
  readonly vhost: string
  readonly name: string
  readonly pattern: string
  readonly 'apply-to': string
  readonly definition: Readonly<Record<string, Json>>
  readonly priority: number
}

/** Of users, or of operators, who set limits to those of users. */
export interface PolicyKind {
  readonly title: string
  /** In addresses of the API. */
  readonly collection: 'policies' | 'operator-policies'
  /** Where a queue says which one is in force on it. */
  readonly field: 'policy' | 'operator_policy'
  readonly applyTo: readonly string[]
  readonly keys: readonly string[]
}

const QUEUES = ['queues', 'classic_queues', 'quorum_queues', 'streams']

const LIMITS = ['expires', 'message-ttl', 'max-length', 'max-length-bytes', 'delivery-limit']

export const POLICY_KINDS: readonly PolicyKind[] = [
  {
    title: 'Policies',
    collection: 'policies',
    field: 'policy',
    applyTo: ['all', ...QUEUES, 'exchanges'],
    keys: [
      ...LIMITS,
      'overflow',
      'dead-letter-exchange',
      'dead-letter-routing-key',
      'dead-letter-strategy',
      'alternate-exchange',
      'consumer-timeout',
      'max-age',
    ],
  },
  {
    title: 'Operator policies',
    collection: 'operator-policies',
    field: 'operator_policy',
    applyTo: QUEUES,
    keys: [...LIMITS, 'overflow'],
  },
]
