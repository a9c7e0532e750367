import { type FieldTable, fieldTableFromObject } from 'amqp-codec'
import type { DeadLetterReason } from '../../../src/queue/queue.ts'
import type { Overflow } from '../../../src/queue/settings.ts'

/** A queue as a test describes it. All that dies there is dead-lettered. */
export interface QueueSketch {
  readonly messageTtlMs?: number | undefined
  readonly maxLength?: number | undefined
  readonly maxLengthBytes?: number | undefined
  readonly overflow?: Overflow | undefined
  readonly maxPriority?: number | undefined
  readonly singleActive?: boolean | undefined
  /** Given for a quorum queue. */
  readonly deliveryLimit?: number | undefined
}

/** What a message has besides its body. */
export interface MessageSketch {
  readonly priority?: number | undefined
  readonly expirationMs?: number | undefined
}

/** A consumer as a test describes it. */
export interface ConsumerSketch {
  readonly name: string
  readonly noAck: boolean
  readonly priority: number
  readonly exclusive: boolean
  /** 0 is no limit. */
  readonly prefetchCount: number
  /** The connection that it is on, which can run out of room for output. */
  readonly link: number
}

/** `putBack`: nobody has seen it. */
export type Settlement = 'acknowledge' | 'reject' | 'requeue' | 'putBack'

export interface Counts {
  readonly ready: number
  readonly unacked: number
  readonly consumers: number
}

/**
 * A queue with everybody around it: consumers, their credit, what they hold. There are two, the real
 * one and the model, and whatever is done to both must be told the same way by both.
 */
export interface QueueSystem {
  /** Everything that was seen from outside, in its order. */
  readonly events: readonly string[]
  /** What is delivered and not settled, in the order of delivery: `holder: body`. */
  readonly held: readonly string[]
  readonly counts: Counts
  publish(body: string, sketch: MessageSketch): void
  /** Adds a consumer that takes nothing yet. */
  consume(sketch: ConsumerSketch): void
  /** From now on it takes what it can. */
  start(name: string): void
  cancel(name: string): void
  get(noAck: boolean): void
  /** Settles some of `held`, by their positions there and in one batch. */
  settle(positions: readonly number[], settlement: Settlement): void
  setRoom(link: number, hasRoom: boolean): void
  purge(): void
  delete(): void
  /** Lets time pass. */
  advance(ms: number): void
}

// What both write down, in the same words.

export const delivered = (
  name: string,
  body: string,
  redelivered: boolean,
  count: number | undefined,
): string => {
  const times = count === undefined ? '' : `, back ${count} times`
  return `${body} to ${name}${redelivered ? ', redelivered' : ''}${times}`
}
export const died = (body: string, reason: DeadLetterReason): string => `${body} died: ${reason}`
export const notTaken = (body: string): string => `${body} not taken`
export const cancelled = (name: string): string => `${name} cancelled by the queue`
export const refused = (name: string): string => `${name} refused: exclusive use`
export const purged = (count: number): string => `${count} purged`
export const EMPTY = 'empty'
export const LAST_LEFT = 'the last consumer left'
export const GETTER = 'get'

/** The arguments of such a queue. */
export function argumentsOf(sketch: QueueSketch): FieldTable {
  const all = {
    'x-dead-letter-exchange': 'dlx',
    'x-message-ttl': sketch.messageTtlMs,
    'x-max-length': sketch.maxLength,
    'x-max-length-bytes': sketch.maxLengthBytes,
    'x-overflow': sketch.overflow,
    'x-max-priority': sketch.maxPriority,
    'x-single-active-consumer': sketch.singleActive,
    'x-delivery-limit': sketch.deliveryLimit,
  }
  const given = Object.entries(all).filter(([, value]) => value !== undefined)
  return fieldTableFromObject(Object.fromEntries(given))
}
