import { type FieldTable, type FieldValue, fieldTypeName } from 'amqp-codec'

/** Ten years: RabbitMQ's limit for all times in milliseconds. */
const MAX_MILLISECONDS = 315_360_000_000n

/** What is wrong with a value, as RabbitMQ prints it, or undefined when nothing is. */
type Check = (value: FieldValue) => string | undefined

/**
 * Every `x-` argument of a queue: how its value is checked at declaration. Those in the table are
 * also the ones that a redeclaration is compared on; others are kept, and otherwise ignored.
 * https://www.rabbitmq.com/docs/queues#optional-arguments
 */
export const QUEUE_ARGUMENTS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['x-expires', (value) => integer(value, (n) => (n === 0n ? '{value_zero,0}' : milliseconds(n)))],
  ['x-message-ttl', (value) => integer(value, milliseconds)],
  ['x-dead-letter-exchange', string],
  ['x-dead-letter-routing-key', string],
  ['x-max-length', (value) => integer(value, notNegative)],
  ['x-max-length-bytes', (value) => integer(value, notNegative)],
  ['x-max-priority', (value) => integer(value, priority)],
  [
    'x-overflow',
    oneOf(['drop-head', 'reject-publish', 'reject-publish-dlx'], () => 'invalid_overflow'),
  ],
  ['x-queue-mode', oneOf(['default', 'lazy'], unsupported('mode'))],
  ['x-single-active-consumer', (value) => (value.type === 't' ? undefined : unacceptable(value))],
  ['x-queue-type', oneOf(['classic', 'quorum', 'stream'], unsupported('type'))],
  ['x-queue-version', (value) => integer(value, version)],
])

/** Arguments that other types of queues have, and a classic queue must not. */
const OTHER_TYPES_ARGUMENTS = [
  'x-delivery-limit',
  'x-max-in-memory-length',
  'x-max-in-memory-bytes',
  'x-quorum-initial-group-size',
  'x-dead-letter-strategy',
  'x-max-age',
  'x-stream-max-segment-size-bytes',
  'x-initial-cluster-size',
]

/** The first argument that a classic queue cannot have, if any. */
export function findForeignArgument(queueArguments: FieldTable): string | undefined {
  return OTHER_TYPES_ARGUMENTS.find((name) => queueArguments.has(name))
}

export interface InvalidArgument {
  readonly name: string
  readonly value: FieldValue
  readonly reason: string
}

/** The first argument whose value cannot be, if any. */
export function findInvalidArgument(queueArguments: FieldTable): InvalidArgument | undefined {
  for (const [name, check] of QUEUE_ARGUMENTS) {
    const value = queueArguments.get(name)
    const reason = value === undefined ? undefined : check(value)
    if (value !== undefined && reason !== undefined) return { name, value, reason }
  }
  const routingKey = queueArguments.get('x-dead-letter-routing-key')
  if (routingKey !== undefined && !queueArguments.has('x-dead-letter-exchange')) {
    const name = 'x-dead-letter-routing-key'
    return { name, value: routingKey, reason: 'routing_key_but_no_dlx_defined' }
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

const notNegative = (n: bigint): string | undefined =>
  n < 0n ? `{value_negative,${n}}` : undefined

const milliseconds = (n: bigint): string | undefined =>
  notNegative(n) ?? (n > MAX_MILLISECONDS ? `{value_too_large,${n}}` : undefined)

const priority = (n: bigint): string | undefined =>
  notNegative(n) ?? (n > 255n ? `{max_value_exceeded,${n}}` : undefined)

const version = (n: bigint): string | undefined =>
  n === 1n || n === 2n ? undefined : unsupported('version')(`${n}`)
