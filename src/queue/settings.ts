import type { FieldTable } from 'amqp-codec'
import type { PolicyDefinition } from '../definitions/definition.ts'
import { queueTypeOf } from './arguments.ts'
import type { QueueProperties, QueueType } from './queue.ts'

export type Overflow = 'drop-head' | 'reject-publish' | 'reject-publish-dlx'

/** What arguments and policies together say of a queue; `Infinity` where they do not limit anything. */
export interface QueueSettings {
  /** How long a message may be ready. https://www.rabbitmq.com/docs/ttl */
  readonly messageTtlMs: number
  /** How long the queue may be unused. */
  readonly expiresMs: number
  /** Ready messages, and octets of their bodies. https://www.rabbitmq.com/docs/maxlength */
  readonly maxLength: number
  readonly maxLengthBytes: number
  readonly overflow: Overflow
  /** Undefined when messages are not dead-lettered. https://www.rabbitmq.com/docs/dlx */
  readonly deadLetterExchange: string | undefined
  /** Undefined for the keys that the message came with. */
  readonly deadLetterRoutingKey: string | undefined
  /** How often a message may come back; undefined for as often as elsewhere. https://www.rabbitmq.com/docs/quorum-queues#poison-message-handling */
  readonly deliveryLimit: number | undefined
  /** How long a delivery may be unacknowledged; undefined for as long as elsewhere. */
  readonly consumerTimeoutMs: number | undefined
}

/**
 * Of limits that are both in the arguments and in a policy, the lower one counts; of other things, the
 * argument. https://www.rabbitmq.com/docs/parameters#policies
 */
export function queueSettings(queueArguments: FieldTable, policy: PolicyDefinition): QueueSettings {
  const limit = (name: string): number =>
    Math.min(numberOf(queueArguments.get(`x-${name}`)?.value), numberOf(policy.get(name)))
  const text = (name: string): string | undefined =>
    textOf(queueArguments.get(`x-${name}`)?.value) ?? textOf(policy.get(name))
  const overflow = overflowOf(text('overflow'), queueTypeOf(queueArguments))
  const consumerTimeout = limit('consumer-timeout')
  return {
    messageTtlMs: limit('message-ttl'),
    expiresMs: limit('expires'),
    maxLength: limit('max-length'),
    maxLengthBytes: limit('max-length-bytes'),
    overflow,
    deadLetterExchange: text('dead-letter-exchange'),
    deadLetterRoutingKey: text('dead-letter-routing-key'),
    deliveryLimit: deliveryLimitOf(queueArguments, policy),
    consumerTimeoutMs: consumerTimeout === Number.POSITIVE_INFINITY ? undefined : consumerTimeout,
  }
}

/** Quorum queues do not dead-letter what they refuse: they drop the first message instead, as by default. */
function overflowOf(text: string | undefined, type: QueueType): Overflow {
  if (text === 'reject-publish') return text
  return text === 'reject-publish-dlx' && type === 'classic' ? text : 'drop-head'
}

/** A negative limit is none, and so is above any other. */
function deliveryLimitOf(queueArguments: FieldTable, policy: PolicyDefinition): number | undefined {
  const argument = queueArguments.get('x-delivery-limit')?.value
  const values = [argument, policy.get('delivery-limit')].filter((value) => value !== undefined)
  if (values.length === 0) return undefined
  const limits = values.map(numberOf).map((limit) => (limit < 0 ? Number.POSITIVE_INFINITY : limit))
  return Math.min(...limits)
}

/** How many priorities the messages of a queue have: 1 when all are equal. */
export function priorityLevelsOf(
  queue: Pick<QueueProperties, 'arguments' | 'priorityLevels'>,
): number {
  return queue.priorityLevels ?? 1 + maxPriorityOf(queue.arguments)
}

function maxPriorityOf(queueArguments: FieldTable): number {
  const value = numberOf(queueArguments.get('x-max-priority')?.value)
  return value === Number.POSITIVE_INFINITY ? 0 : value
}

function numberOf(value: unknown): number {
  if (typeof value === 'number') return value
  return typeof value === 'bigint' ? Number(value) : Number.POSITIVE_INFINITY
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
