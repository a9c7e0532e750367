import { type FieldTable, type FieldValue, fieldTypeName } from 'amqp-codec'
import type { QueueType } from './queue.ts'

/** Ten years: RabbitMQ's limit for all times in milliseconds. */
const MAX_MILLISECONDS = 315_360_000_000n

/** As in `7D` or `1h`. https://www.rabbitmq.com/docs/streams#retention */
const AGE = /^0*[1-9]\d*[YMDhms]$/
const LOCATORS = ['client-local', 'balanced', 'random', 'least-leaders']

/** What is wrong with a value, as RabbitMQ prints it, or undefined when nothing is. */
type Check = (value: FieldValue) => string | undefined

const CHECKS = {
  'x-expires': (value) => integer(value, (n) => (n === 0n ? '{value_zero,0}' : milliseconds(n))),
  'x-message-ttl': (value) => integer(value, milliseconds),
  'x-dead-letter-exchange': string,
  'x-dead-letter-routing-key': string,
  'x-dead-letter-strategy': oneOf(['at-most-once', 'at-least-once'], () => 'invalid_dlx_strategy'),
  'x-max-length': (value) => integer(value, notNegative),
  'x-max-length-bytes': (value) => integer(value, notNegative),
  'x-max-in-memory-length': (value) => integer(value, notNegative),
  'x-max-in-memory-bytes': (value) => integer(value, notNegative),
  'x-max-priority': (value) => integer(value, priority),
  'x-overflow': oneOf(
    ['drop-head', 'reject-publish', 'reject-publish-dlx'],
    () => 'invalid_overflow',
  ),
  'x-queue-mode': oneOf(['default', 'lazy'], unsupported('mode')),
  'x-single-active-consumer': (value) => (value.type === 't' ? undefined : unacceptable(value)),
  'x-queue-type': oneOf(['classic', 'quorum', 'stream'], unsupported('type')),
  'x-queue-version': (value) => integer(value, version),
  'x-queue-master-locator': string,
  'x-queue-leader-locator': oneOf(LOCATORS, () => 'invalid_queue_locator_arg'),
  'x-quorum-initial-group-size': (value) => integer(value, positive),
  'x-initial-cluster-size': (value) => integer(value, positive),
  'x-delivery-limit': (value) => integer(value, () => undefined),
  'x-max-age': (value) => {
    if (value.type !== 'S') return unacceptable(value)
    return AGE.test(value.value) ? undefined : 'invalid_max_age'
  },
  'x-stream-max-segment-size-bytes': (value) => integer(value, notNegative),
  'x-stream-filter-size-bytes': (value) => integer(value, notNegative),
} as const satisfies Record<string, Check>

type ArgumentName = keyof typeof CHECKS

/**
 * The `x-` arguments that a queue of each type may have. A redeclaration is compared on these; those that
 * no type has are kept, and otherwise ignored.
 * https://www.rabbitmq.com/docs/queues#optional-arguments
 */
const ARGUMENTS: Readonly<Record<QueueType, readonly ArgumentName[]>> = {
  classic: [
    'x-expires',
    'x-message-ttl',
    'x-dead-letter-exchange',
    'x-dead-letter-routing-key',
    'x-max-length',
    'x-max-length-bytes',
    'x-max-priority',
    'x-overflow',
    'x-queue-mode',
    'x-single-active-consumer',
    'x-queue-type',
    'x-queue-version',
    'x-queue-master-locator',
  ],
  quorum: [
    'x-expires',
    'x-message-ttl',
    'x-dead-letter-exchange',
    'x-dead-letter-routing-key',
    'x-dead-letter-strategy',
    'x-max-length',
    'x-max-length-bytes',
    'x-max-in-memory-length',
    'x-max-in-memory-bytes',
    'x-overflow',
    'x-single-active-consumer',
    'x-queue-type',
    'x-queue-leader-locator',
    'x-quorum-initial-group-size',
    'x-delivery-limit',
  ],
  stream: [
    'x-max-length-bytes',
    'x-queue-type',
    'x-queue-leader-locator',
    'x-initial-cluster-size',
    'x-max-age',
    'x-stream-max-segment-size-bytes',
    'x-stream-filter-size-bytes',
  ],
}

/** The type that arguments ask for; a classic one unless they name another. */
export function queueTypeOf(queueArguments: FieldTable): QueueType {
  const type = queueArguments.get('x-queue-type')?.value
  return type === 'quorum' || type === 'stream' ? type : 'classic'
}

/** What a queue of that type is compared on when it is declared again. */
export function comparedArguments(type: QueueType): readonly string[] {
  return ARGUMENTS[type]
}

/** The first argument that only queues of other types can have, if any. */
export function findForeignArgument(queueArguments: FieldTable): string | undefined {
  const own: readonly string[] = ARGUMENTS[queueTypeOf(queueArguments)]
  return Object.keys(CHECKS).find((name) => queueArguments.has(name) && !own.includes(name))
}

export interface InvalidArgument {
  readonly name: string
  readonly value: FieldValue
  readonly reason: string
}

/** The first argument whose value cannot be, if any. */
export function findInvalidArgument(queueArguments: FieldTable): InvalidArgument | undefined {
  const hasExchange = queueArguments.has('x-dead-letter-exchange')
  for (const name of ARGUMENTS[queueTypeOf(queueArguments)]) {
    const value = queueArguments.get(name)
    if (value === undefined) continue
    const isLost = name === 'x-dead-letter-routing-key' && !hasExchange
    const reason = CHECKS[name](value) ?? (isLost ? 'routing_key_but_no_dlx_defined' : undefined)
    if (reason !== undefined) return { name, value, reason }
  }
  return undefined
}

const INTEGER_TYPES: ReadonlySet<string> = new Set(['b', 'B', 's', 'u', 'I', 'i', 'l'])

const unacceptable = (value: FieldValue): string =>
  `{unacceptable_type,${fieldTypeName(value.type)}}`

function integer(value: FieldValue, check: (n: bigint) => string | undefined): string | undefined {
  if (!INTEGER_TYPES.has(value.type)) return expectedInteger(value)
  return check(BigInt(value.value as number | bigint))
}

/** RabbitMQ's words for a value that must be an integer, here and at consumers' priorities. */
export const expectedInteger = (value: FieldValue): string =>
  `"expected integer, got ${fieldTypeName(value.type)}"`

export const isInteger = (value: FieldValue): boolean => INTEGER_TYPES.has(value.type)

function unsupported(what: string): (value: string) => string {
  return (value) => `"unsupported queue ${what} '${value}'"`
}

function string(value: FieldValue): string | undefined {
  return value.type === 'S' ? undefined : unacceptable(value)
}

function oneOf(allowed: readonly string[], reason: (value: string) => string): Check {
  return (value) => {
    if (value.type !== 'S') return unacceptable(value)
    return allowed.includes(value.value) ? undefined : reason(value.value)
  }
}

function notNegative(n: bigint): string | undefined {
  return n < 0n ? `{value_negative,${n}}` : undefined
}

const positive = (n: bigint): string | undefined => (n === 0n ? '{value_zero,0}' : notNegative(n))

const milliseconds = (n: bigint): string | undefined =>
  notNegative(n) ?? (n > MAX_MILLISECONDS ? `{value_too_large,${n}}` : undefined)

const priority = (n: bigint): string | undefined =>
  notNegative(n) ?? (n > 255n ? `{max_value_exceeded,${n}}` : undefined)

const version = (n: bigint): string | undefined =>
  n === 1n || n === 2n ? undefined : unsupported('version')(`${n}`)
