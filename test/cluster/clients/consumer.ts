import type { ConfirmChannel, Message } from 'amqplib'
import type { Random } from '../../crash/traffic/random.ts'
import { readBody } from './client-channel.ts'
import { type Entry, Holder, type QueueBook } from './queue-book.ts'

export interface ConsumerOptions {
  readonly name: string
  readonly channel: ConfirmChannel
  readonly book: QueueBook
  readonly random: Random
  /** Nothing is being done to the cluster, and it is over what was done before. */
  readonly isPeace: () => boolean
  readonly onCancelled: () => void
}

const PREFETCH = 30
const KEPT_SHARE = 0.1
const LONGEST_KEPT_MS = 4000
const REQUEUED_SHARE = 0.02

interface Kept {
  readonly message: Message
  readonly entry: Entry | undefined
  readonly untilMs: number
}

/** Consumes one queue: acks most at once, keeps some for a while, and gives a few back. */
export class Consumer {
  readonly holder: Holder
  readonly #options: ConsumerOptions
  #kept: Kept[] = []
  #isEnded = false
  #isHasty = false

  static async start(options: ConsumerOptions): Promise<Consumer> {
    const consumer = new Consumer(options)
    const { channel, book } = options
    await channel.prefetch(PREFETCH)
    await channel.consume(book.queue, (message) => consumer.#onMessage(message))
    return consumer
  }

  private constructor(options: ConsumerOptions) {
    this.#options = options
    this.holder = new Holder(options.name)
  }

  get queue(): string {
    return this.#options.book.queue
  }

  /** Settles what it has kept for long enough. */
  look(nowMs: number): void {
    const isDue = ({ untilMs }: Kept): boolean => this.#isHasty || untilMs <= nowMs
    const due = this.#kept.filter(isDue)
    this.#kept = this.#kept.filter((kept) => !isDue(kept))
    for (const { message, entry } of due) this.#ack(message, entry)
  }

  /** Acks everything, at once from now on. */
  makeHasty(): void {
    this.#isHasty = true
    this.look(0)
  }

  /** Acks all that it has, of which others may have some by now. */
  ackAll(): void {
    for (const { message, entry } of this.#kept) this.#ack(message, entry)
    this.#kept = []
  }

  /** Resolves when its node has seen all that it has sent. */
  async flush(): Promise<void> {
    if (!this.#isEnded) await this.#options.channel.prefetch(PREFETCH)
  }

  /** Its channel has ended, and all it has goes back. */
  lost(): void {
    this.#isEnded = true
    this.#kept = []
    this.#options.book.lost(this.holder)
  }

  #onMessage(message: Message | null): void {
    if (this.#isEnded) return
    const { book, random, isPeace, onCancelled } = this.#options
    if (message === null) {
      onCancelled()
      return
    }
    const { lane, number } = readBody(message.content)
    const entry = book.delivered(this.holder, lane, number, message.fields.redelivered, isPeace())
    const choice = this.#isHasty ? 1 : random.next()
    if (choice < KEPT_SHARE) {
      const untilMs = performance.now() + random.between(0, LONGEST_KEPT_MS)
      this.#kept.push({ message, entry, untilMs })
    } else if (choice < KEPT_SHARE + REQUEUED_SHARE) {
      if (entry !== undefined) book.requeued(this.holder, entry)
      this.#options.channel.nack(message)
    } else this.#ack(message, entry)
  }

  #ack(message: Message, entry: Entry | undefined): void {
    if (this.#isEnded) return
    const { book, channel, isPeace } = this.#options
    if (entry !== undefined) book.acked(this.holder, entry, isPeace())
    channel.ack(message)
  }
}
