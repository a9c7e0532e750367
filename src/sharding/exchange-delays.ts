import type { DelayQueue, DelayQueueParts } from '../delayed/delay-queue.ts'

/** What an exchange delays, as a vhost asks for it. */
export interface DelaysOfExchange extends Pick<DelayQueueParts, 'owner' | 'release'> {
  /** What the message log knows them by. */
  readonly id: number
}

/** The delays of exchanges that are in a place, at its owner. */
export class ExchangeDelays {
  readonly #create: (delays: DelaysOfExchange) => DelayQueue
  /** Those that are there, or will be when it begins. */
  readonly #known = new Map<number, DelaysOfExchange>()
  readonly #queues = new Map<number, DelayQueue>()
  #hasBegun = false

  constructor(create: (delays: DelaysOfExchange) => DelayQueue) {
    this.#create = create
  }

  find(id: number): DelayQueue | undefined {
    return this.#queues.get(id)
  }

  add(delays: DelaysOfExchange): void {
    this.#known.set(delays.id, delays)
    if (this.#hasBegun) this.#queues.set(delays.id, this.#create(delays))
  }

  /** What is due is brought on its way from now on. */
  begin(): void {
    this.#hasBegun = true
    for (const delays of this.#known.values()) this.#queues.set(delays.id, this.#create(delays))
  }

  /** The exchange is no more. */
  remove(id: number): void {
    this.#queues.get(id)?.delete()
    this.#queues.delete(id)
    this.#known.delete(id)
  }

  /** They are another's now. */
  abandon(): void {
    for (const queue of this.#queues.values()) queue.abandon()
    this.#queues.clear()
    this.#known.clear()
  }
}
