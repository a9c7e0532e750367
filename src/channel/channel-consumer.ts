import { BASIC_DELIVER, type FieldTable, FRAME_METHOD } from 'amqp-codec'
import type { Message } from '../message/message.ts'
import type { MessageRun } from '../message/message-run.ts'
import type { Queue, QueueConsumer } from '../queue/queue.ts'
import type { QueueCounts } from '../queue/queue-counts.ts'
import type { ChannelLimit } from './channel-limit.ts'

/** What a consumer needs of its channel. */
export interface ConsumerChannel {
  readonly number: number
  /** How much the channel as a whole may have that is to be acknowledged. */
  readonly limit: ChannelLimit
  /** Whether the connection has room for output. */
  readonly hasRoom: boolean
  deliver(
    consumer: ChannelConsumer,
    message: Message,
    sequence: number,
    redelivered: boolean,
    sent: Message,
  ): void
  /** How many of the run's messages were delivered, from one index up to another. */
  deliverRun(
    consumer: ChannelConsumer,
    message: Message,
    run: MessageRun,
    from: number,
    to: number,
  ): number
  consumerCancelled(consumer: ChannelConsumer): void
}

export interface ConsumerOptions {
  readonly consumerTag: string
  readonly noAck: boolean
  /** Whether it wants the queue for itself. */
  readonly exclusive: boolean
  readonly priority: number
  /** How many deliveries may be unacknowledged; 0 is no limit. Has no effect with `noAck`. */
  readonly prefetchCount: number
  readonly arguments: FieldTable
}

/** A channel's consumer of one queue: its tag and its credit. */
export class ChannelConsumer implements QueueConsumer {
  readonly consumerTag: string
  readonly noAck: boolean
  readonly exclusive: boolean
  readonly priority: number
  readonly prefetchCount: number
  readonly arguments: FieldTable
  readonly queue: Queue
  /** What its channel has got from its queue, once there is something. */
  counts: QueueCounts | null = null
  /** `basic.deliver` up to the consumer tag, encoded once. */
  readonly deliverPrefix: Buffer
  readonly #channel: ConsumerChannel
  /** Deliveries that it may still take. */
  #credit: number
  /** Nothing is delivered before the client has read `consume-ok`. */
  #started = false

  constructor(channel: ConsumerChannel, queue: Queue, options: ConsumerOptions) {
    this.#channel = channel
    this.queue = queue
    this.consumerTag = options.consumerTag
    this.noAck = options.noAck
    this.exclusive = options.exclusive
    this.priority = options.priority
    this.prefetchCount = options.prefetchCount
    this.arguments = options.arguments
    const limited = options.prefetchCount > 0 && !options.noAck
    this.#credit = limited ? options.prefetchCount : Number.POSITIVE_INFINITY
    this.deliverPrefix = deliverPrefix(channel.number, options.consumerTag)
  }

  get isStarted(): boolean {
    return this.#started
  }

  get sharedCredit(): number {
    return this.noAck ? Number.POSITIVE_INFINITY : this.#channel.limit.asked
  }

  start(): void {
    this.#started = true
    this.queue.resume(this)
  }

  canTake(): boolean {
    const channel = this.#channel
    return (
      this.#credit > 0 &&
      channel.hasRoom &&
      (this.noAck || channel.limit.hasCredit) &&
      this.#started
    )
  }

  deliver(message: Message, sequence: number, redelivered: boolean, sent: Message = message): void {
    this.#credit--
    this.#channel.deliver(this, message, sequence, redelivered, sent)
  }

  deliverRun(message: Message, run: MessageRun, from: number): number {
    const to = Math.min(run.messages.length, from + this.#credit)
    const count = this.#channel.deliverRun(this, message, run, from, to)
    this.#credit -= count
    return from + count
  }

  /** One of its deliveries was settled. */
  returnCredit(): void {
    this.#credit++
  }

  cancelled(): void {
    this.#channel.consumerCancelled(this)
  }
}

/** The frame's size is left open: it depends on the message's exchange and routing key. */
function deliverPrefix(channel: number, consumerTag: string): Buffer {
  const tagBytes = Buffer.byteLength(consumerTag)
  const prefix = Buffer.alloc(12 + tagBytes)
  prefix[0] = FRAME_METHOD
  prefix.writeUInt16BE(channel, 1)
  prefix.writeUInt32BE(BASIC_DELIVER, 7)
  prefix[11] = tagBytes
  prefix.write(consumerTag, 12)
  return prefix
}
