import type { Method } from 'amqp-codec'
import type { Message } from '../message/message.ts'
import type { MessageRun } from '../message/message-run.ts'

/** Something that adds its frames when the turn's output is about to leave. */
export interface FlushListener {
  beforeFlush(): void
}

/**
 * A channel's way out: what it sends waits for the end of the turn and leaves with everything else
 * that its connection sends. The connection implements it.
 */
export interface ChannelOutput {
  /** Whether so much waits to be written that deliveries must wait too. */
  readonly full: boolean
  method(channel: number, method: Method): void
  /** The frame of a method that carries a message, and the message. */
  content(channel: number, methodFrame: Buffer, message: Message): void
  /**
   * `basic.deliver`. `prefix` is its frame from the start to the consumer tag's last byte; see
   * `deliverPrefix`.
   */
  deliver(prefix: Buffer, deliveryTag: number, redelivered: boolean, message: Message): void
  /**
   * As `deliver`, of the run's messages from one index up to another, with tags from that one on, until
   * it is full. Says how many that were.
   */
  deliverRun(prefix: Buffer, firstTag: number, run: MessageRun, from: number, to: number): number
  /** Asks for one call just before this turn's output leaves. */
  beforeFlush(listener: FlushListener): void
}
