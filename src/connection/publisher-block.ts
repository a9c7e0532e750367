import { CONNECTION_BLOCKED, CONNECTION_UNBLOCKED } from 'amqp-codec'
import type { Outbox } from './outbox.ts'
import type { ReadBudget } from './read-budget.ts'

/**
 * Holds a publisher back while the broker is short of memory or disk, or cannot store as fast as it
 * is sent to: the connection is read no further from its next publish on. Of a shortage, clients that
 * understand it are told. Consumers that share the connection get their deliveries, but cannot
 * acknowledge: publish and consume on connections of their own.
 * https://www.rabbitmq.com/docs/connection-blocked https://www.rabbitmq.com/docs/flow-control
 */
export class PublisherBlock {
  readonly #budget: ReadBudget
  readonly #outbox: Outbox
  #alarm: string | null = null
  #storeBehind = false
  /** Whether the client understands `connection.blocked`. */
  #canTell = false
  #told = false
  /** Nothing is read. */
  active = false

  constructor(budget: ReadBudget, outbox: Outbox) {
    this.#budget = budget
    this.#outbox = outbox
  }

  /** Whether the next publish is to be held back. */
  get pending(): boolean {
    return (this.#alarm !== null || this.#storeBehind) && !this.active
  }

  /** What is short, as `connection.blocked` says it; null when nothing is. */
  setShortage(reason: string | null): void {
    this.#alarm = reason
    this.#update()
  }

  /** Whether the store has more to write than it should; that lasts milliseconds. */
  setStoreBehind(behind: boolean): void {
    this.#storeBehind = behind
    this.#update()
  }

  /** The connection closes: there is nothing to hold back any more, and an answer to be read. */
  end(): void {
    this.#alarm = null
    this.#storeBehind = false
    if (this.active) this.#lift()
  }

  /** A publish has begun to arrive: what is behind it waits. */
  begin(canTell: boolean): void {
    this.active = true
    this.#canTell = canTell
    this.#budget.hold('publish')
    this.#update()
  }

  #update(): void {
    if (!this.active) return
    if (this.#alarm !== null && this.#canTell && !this.#told) {
      this.#told = true
      this.#outbox.method(0, { id: CONNECTION_BLOCKED, reason: this.#alarm })
    }
    if (this.#alarm === null && this.#told) {
      this.#told = false
      this.#outbox.method(0, { id: CONNECTION_UNBLOCKED })
    }
    if (this.#alarm === null && !this.#storeBehind) this.#lift()
  }

  #lift(): void {
    this.active = false
    this.#budget.release('publish')
  }
}
