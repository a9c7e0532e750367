import type { ConfirmChannel } from 'amqplib'
import { bodyOf } from './client-channel.ts'

/** Told of each publish and what became of it. */
export interface PublisherBook {
  sent(lane: string, number: number): Sent
}

export interface Sent {
  confirmed(): void
  refused(): void
}

export interface PublisherOptions {
  /** What no other publisher is called. */
  readonly name: string
  readonly queue: string
  readonly channel: ConfirmChannel
  readonly book: PublisherBook
  /** How many priorities it uses, one after the other. */
  readonly priorities?: number
}

/** How many messages may wait for their confirms. */
const WINDOW = 20

/** Publishes to one queue with confirms, a message each time it is told to. */
export class Publisher {
  readonly queue: string
  readonly #options: PublisherOptions
  readonly #lastOfLane = new Map<string, number>()
  #sentCount = 0
  #openCount = 0
  #confirmedCount = 0
  #lastConfirmMs = performance.now()
  #longestGapMs = 0

  constructor(options: PublisherOptions) {
    this.queue = options.queue
    this.#options = options
  }

  get sentCount(): number {
    return this.#sentCount
  }

  /** Those that wait for their confirms. */
  get openCount(): number {
    return this.#openCount
  }

  get confirmedCount(): number {
    return this.#confirmedCount
  }

  /** The longest time without a confirm since it was asked for last, although some were waited for. */
  takeLongestGapMs(): number {
    const nowMs = performance.now()
    const gapMs = Math.max(
      this.#longestGapMs,
      this.#openCount > 0 ? nowMs - this.#lastConfirmMs : 0,
    )
    this.#longestGapMs = 0
    this.#lastConfirmMs = nowMs
    return gapMs
  }

  publish(): void {
    if (this.#openCount >= WINDOW) return
    const { name, queue, channel, book, priorities = 1 } = this.#options
    const priority = this.#sentCount++ % priorities
    const lane = `${name}.${priority}`
    const number = (this.#lastOfLane.get(lane) ?? 0) + 1
    this.#lastOfLane.set(lane, number)
    const sent = book.sent(lane, number)
    if (this.#openCount++ === 0) this.#lastConfirmMs = performance.now()
    const options = { persistent: true, ...(priorities > 1 ? { priority } : {}) }
    channel.sendToQueue(queue, bodyOf(lane, number), options, (error) => {
      this.#openCount--
      if (error !== null) return sent.refused()
      const nowMs = performance.now()
      this.#longestGapMs = Math.max(this.#longestGapMs, nowMs - this.#lastConfirmMs)
      this.#lastConfirmMs = nowMs
      this.#confirmedCount++
      sent.confirmed()
    })
  }
}
