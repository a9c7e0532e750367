import type { Connection } from './connection.ts'
import type { Copy, Entry } from './copy.ts'
import type { Lane } from './lane.ts'
import { Ledger } from './ledger.ts'
import type { Storage } from './stored-by-then.ts'
import type { Subscription } from './subscription.ts'

/** A history told by hand: one connection, one lane, a subscription to each queue. */
export class Tale {
  readonly ledger: Ledger
  connection: Connection
  lane: Lane
  #subscriptions = new Map<string, Subscription>()

  constructor(storage: Storage = 'one journal') {
    this.ledger = new Ledger(storage)
    this.connection = this.ledger.connect()
    this.lane = this.connection.lane()
  }

  get rules(): string[] {
    return this.ledger.violations.map(({ rule }) => rule)
  }

  subscription(queue: string): Subscription {
    const subscription = this.#subscriptions.get(queue) ?? this.connection.subscribe(queue)
    this.#subscriptions.set(queue, subscription)
    return subscription
  }

  publish(...queues: string[]): Entry {
    return this.lane.publish({ queues })
  }

  confirmed(...queues: string[]): Entry {
    const entry = this.publish(...queues)
    this.connection.confirmed(entry)
    return entry
  }

  deliver({ lane, number }: Entry, queue = 'q', redelivered = false): Copy {
    const copy = this.subscription(queue).deliver(lane, number, redelivered)
    if (copy === undefined) throw new Error('the ledger knows no such message')
    return copy
  }

  /** The message comes where it must not. */
  comes({ lane, number }: Entry, queue = 'q', redelivered = true): void {
    this.subscription(queue).deliver(lane, number, redelivered)
  }

  ack(entry: Entry, queue = 'q', redelivered = false): void {
    this.subscription(queue).ack(this.deliver(entry, queue, redelivered))
  }

  requeue(entry: Entry, queue = 'q'): void {
    this.subscription(queue).requeue(this.deliver(entry, queue))
  }

  kill(how: 'killed' | 'stopped' = 'killed'): void {
    this.ledger.restarted(how)
    this.connection = this.ledger.connect()
    this.lane = this.connection.lane()
    this.#subscriptions = new Map()
  }
}
