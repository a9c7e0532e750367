import type { JsonValue, PolicyValue } from '../definitions/definition.ts'
import { printedTerm } from './erlang-term.ts'

export type QueueType = 'classic' | 'quorum' | 'stream'

/** What is known of one of the settings that policies make. */
export interface PolicySetting {
  /** What is wrong with a value, as RabbitMQ says it, or undefined when nothing is. */
  readonly problemOf: (value: JsonValue) => string | undefined
  /** Types of queues that a policy with this setting does not match at all. */
  readonly notFor: readonly QueueType[]
  /** Operators may limit it, too: of theirs and the users' value, this makes the one that counts. */
  readonly merge: ((user: PolicyValue, operator: PolicyValue) => PolicyValue) | undefined
}

type Check = (value: JsonValue) => boolean

const text: Check = (value) => typeof value === 'string'
const from =
  (min: number): Check =>
  (value) =>
    Number.isInteger(value) && (value as number) >= min
const oneOf =
  (...words: readonly JsonValue[]): Check =>
  (value) =>
    words.includes(value)
const age: Check = (value) => typeof value === 'string' && /^\d+[YMDhms]$/.test(value)

const lower = (user: PolicyValue, operator: PolicyValue): PolicyValue =>
  Math.min(Number(user), Number(operator))

/** A negative limit is none, so any other is lower. */
const lowerUnlessNegative = (user: PolicyValue, operator: PolicyValue): PolicyValue =>
  Number(user) < 0 || Number(operator) < 0
    ? Math.max(Number(user), Number(operator))
    : lower(user, operator)

/** `what` is the end of RabbitMQ's sentence. */
function setting(
  what: string,
  check: Check,
  notFor: readonly QueueType[] = [],
  merge?: PolicySetting['merge'],
): PolicySetting {
  return {
    problemOf: (value) =>
      check(value) ? undefined : `${printedTerm(value)} is not a valid ${what}`,
    notFor,
    merge,
  }
}

const STREAM: readonly QueueType[] = ['stream']
const NOT_CLASSIC: readonly QueueType[] = ['quorum', 'stream']
const NOT_QUORUM: readonly QueueType[] = ['classic', 'stream']
const NOT_STREAM: readonly QueueType[] = ['classic', 'quorum']

/** Every setting that a policy may make. https://www.rabbitmq.com/docs/policies */
export const POLICY_SETTINGS: ReadonlyMap<string, PolicySetting> = new Map([
  ['alternate-exchange', setting('alternate exchange name', text)],
  ['dead-letter-exchange', setting('dead letter exchange name', text, STREAM)],
  ['dead-letter-routing-key', setting('dead letter routing key', text, STREAM)],
  [
    'dead-letter-strategy',
    setting('dead letter strategy', oneOf('at-most-once', 'at-least-once'), NOT_QUORUM),
  ],
  ['message-ttl', setting('message TTL', from(0), STREAM, lower)],
  ['expires', setting('queue expiry', from(1), STREAM, lower)],
  ['max-length', setting('maximum length', from(0), STREAM, lower)],
  ['max-length-bytes', setting('maximum length in bytes', from(0), [], lower)],
  ['max-in-memory-length', setting('maximum memory in bytes', from(0), STREAM, lower)],
  ['max-in-memory-bytes', setting('maximum memory in bytes', from(0), STREAM, lower)],
  [
    'overflow',
    setting('overflow value', oneOf('drop-head', 'reject-publish', 'reject-publish-dlx'), STREAM),
  ],
  ['delivery-limit', setting('delivery limit', from(-1), NOT_QUORUM, lowerUnlessNegative)],
  ['consumer-timeout', setting('consumer timeout', from(0), STREAM)],
  ['max-age', setting('max age', age, NOT_STREAM)],
  ['stream-max-segment-size-bytes', setting('segment size', from(0), NOT_STREAM)],
  ['stream-filter-size-bytes', setting('filter size', from(16), NOT_STREAM)],
  ['queue-mode', setting('queue-mode value', oneOf('default', 'lazy'), NOT_CLASSIC)],
  ['queue-version', setting('queue-version value', oneOf(1, 2))],
  [
    'queue-leader-locator',
    setting(
      'queue leader locator value',
      oneOf('client-local', 'balanced', 'random', 'least-leaders'),
    ),
  ],
  [
    'queue-master-locator',
    setting(
      'queue-master-locator value',
      oneOf('client-local', 'random', 'min-masters'),
      NOT_CLASSIC,
    ),
  ],
  ['initial-cluster-size', setting('cluster size', from(0), NOT_STREAM)],
  ['target-group-size', setting('target group size', from(0), NOT_QUORUM)],
])

/** What policies of RabbitMQ 3 say of mirrors. One broker has none, so nothing comes of them. */
export const MIRRORING_SETTINGS: ReadonlyMap<string, PolicySetting> = new Map([
  ['ha-mode', setting('ha-mode value', oneOf('all', 'exactly', 'nodes'), NOT_CLASSIC)],
  ...[
    'ha-params',
    'ha-sync-mode',
    'ha-sync-batch-size',
    'ha-promote-on-shutdown',
    'ha-promote-on-failure',
  ].map((name) => [name, setting(`${name} value`, () => true, NOT_CLASSIC)] as const),
])
