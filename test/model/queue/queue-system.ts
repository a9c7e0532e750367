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

export type Settlement = 'acknowledge' | 'reject' | 'requeue'

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
  publish(body: string): void
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
}

// What both write down, in the same words.

export const delivered = (name: string, body: string, redelivered: boolean): string =>
  `${body} to ${name}${redelivered ? ', redelivered' : ''}`
export const cancelled = (name: string): string => `${name} cancelled by the queue`
export const refused = (name: string): string => `${name} refused: exclusive use`
export const purged = (count: number): string => `${count} purged`
export const EMPTY = 'empty'
export const LAST_LEFT = 'the last consumer left'
export const GETTER = 'get'
