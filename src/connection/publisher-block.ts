import { CONNECTION_BLOCKED, CONNECTION_UNBLOCKED, type FrameParser } from 'amqp-codec'
import type { Outbox } from './outbox.ts'
import type { ReadBudget } from './read-budget.ts'

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
  #alarm: string | null = null
  #told = false
  /** Nothing is read. */
  active = false

  constructor(parser: FrameParser, budget: ReadBudget, outbox: Outbox) {
    this.#parser = parser
    this.#budget = budget
    this.#outbox = outbox
  }

  /** Whether the next publish is to be held back. */
  get pending(): boolean {
    return this.#alarm !== null && !this.active
  }

  /** What is short, as `connection.blocked` says it; null when nothing is. */
  setAlarm(reason: string | null): void {
    this.#alarm = reason
    if (reason !== null || !this.active) return
    this.active = false
    if (this.#told) this.#outbox.method(0, { id: CONNECTION_UNBLOCKED })
    this.#told = false
    this.#budget.release('alarm')
    this.#parser.resume()
  }

  /** A publish has begun to arrive: what is behind it waits. */
  begin(tellClient: boolean): void {
    this.active = true
    this.#budget.hold('alarm')
    this.#parser.pause()
    this.#told = tellClient
    if (tellClient) this.#outbox.method(0, { id: CONNECTION_BLOCKED, reason: this.#alarm ?? '' })
  }
}
