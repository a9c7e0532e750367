import { CONNECTION_BLOCKED, CONNECTION_UNBLOCKED, type FrameParser } from 'amqp-codec'
import type { Outbox } from './outbox.ts'
import type { ReadBudget } from './read-budget.ts'

export interface PublisherBlockOptions {
  readonly parser: FrameParser
  readonly budget: ReadBudget
  readonly outbox: Outbox
  /** Reading goes on, and so must the parser with what it holds back. */
  readonly onLifted: () => void
}

/**
 * Holds a publisher back while the broker is short of memory or disk: the connection is read no
 * further from its next publish on, and says so to clients that understand it. Consumers that share
 * the connection get their deliveries, but cannot acknowledge: publish and consume on connections of
 * their own. https://www.rabbitmq.com/docs/connection-blocked
 */
export class PublisherBlock {
  readonly #parser: FrameParser
  readonly #budget: ReadBudget
  readonly #outbox: Outbox
  readonly #onLifted: () => void
  #alarm: string | null = null
  #told = false
  /** Nothing is read. */
  active = false

  constructor(options: PublisherBlockOptions) {
    this.#parser = options.parser
    this.#budget = options.budget
    this.#outbox = options.outbox
    this.#onLifted = options.onLifted
  }

  /** Whether the next publish is to be held back. */
  get pending(): boolean {
    return this.#alarm !== null && !this.active
  }

  /** What is short, as `connection.blocked` says it; null when nothing is. */
  setAlarm(reason: string | null): void {
    this.#alarm = reason
    if (reason !== null || !this.active) return
    if (this.#told) this.#outbox.method(0, { id: CONNECTION_UNBLOCKED })
    this.#lift()
  }

  /** The connection closes: there is nothing to hold back any more, and an answer to be read. */
  end(): void {
    this.#alarm = null
    if (this.active) this.#lift()
  }

  /** A publish has begun to arrive: what is behind it waits. */
  begin(tellClient: boolean): void {
    this.active = true
    this.#budget.hold('alarm')
    this.#parser.pause()
    this.#told = tellClient
    if (tellClient) this.#outbox.method(0, { id: CONNECTION_BLOCKED, reason: this.#alarm ?? '' })
  }

  #lift(): void {
    this.active = false
    this.#told = false
    this.#budget.release('alarm')
    this.#onLifted()
  }
}
