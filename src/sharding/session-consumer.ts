import type { FieldTable } from 'amqp-codec'
import type { Message } from '../message/message.ts'
import type { QueueConsumer, QueueType } from '../queue/queue.ts'
import { WINDOW_BYTES, WINDOW_COUNT } from './window.ts'
import type { ConsumeWord } from './wire/front-words.ts'

/** The session, as its consumers know it. */
export interface ConsumerSession {
  /** Whether there is room on the way to the front. */
  readonly hasRoom: boolean
  deliver(
    consumer: SessionConsumer,
    message: Message,
    sequence: number,
    redelivered: boolean,
    sent: Message,
  ): void
  consumerCancelled(consumer: SessionConsumer): void
}

/** A consumer of another node's, or of this one's, as the queue has it. */
export class SessionConsumer implements QueueConsumer {
  readonly id: number
  readonly queueId: number
  /** Only streams get to see it, which refuse it: else its front acknowledges, as soon as the client has a message. */
  readonly noAck: boolean
  /** Whether the client does not acknowledge. */
  readonly isAutomatic: boolean
  readonly priority: number
  readonly prefetchCount: number
  readonly arguments: FieldTable
  readonly #session: ConsumerSession
  #unacked = 0
  /** What may not be sent of the window: it is on its way, waits for the client, or was not asked for. */
  #aheadCount: number
  #aheadBytes = 0

  constructor(word: ConsumeWord, type: QueueType, session: ConsumerSession) {
    this.id = word.consumer
    this.queueId = word.queue
    this.isAutomatic = word.noAck
    this.noAck = word.noAck && type === 'stream'
    this.#aheadCount = Math.max(0, WINDOW_COUNT - word.window)
    this.priority = word.priority
    this.prefetchCount = word.prefetchCount
    this.arguments = word.arguments
    this.#session = session
  }

  canTake(): boolean {
    if (this.#aheadCount >= WINDOW_COUNT || this.#aheadBytes >= WINDOW_BYTES) return false
    const isLimited = this.prefetchCount > 0 && !this.isAutomatic
    if (isLimited && this.#unacked >= this.prefetchCount) return false
    return this.#session.hasRoom
  }

  deliver(message: Message, sequence: number, redelivered: boolean, sent: Message = message): void {
    this.#unacked++
    this.#aheadCount++
    this.#aheadBytes += sent.bodySize
    this.#session.deliver(this, message, sequence, redelivered, sent)
  }

  /** It may be sent so many more. */
  credited(count: number, bytes: number): void {
    this.#aheadCount = Math.max(0, this.#aheadCount - count)
    this.#aheadBytes = Math.max(0, this.#aheadBytes - bytes)
  }

  /** It has one from before. */
  holds(): void {
    this.#unacked++
  }

  /** One of its deliveries was settled. */
  settled(): void {
    this.#unacked--
  }

  cancelled(): void {
    this.#session.consumerCancelled(this)
  }
}
