import type { Message } from '../message/message.ts'
import type { Place, Queue } from '../queue/queue.ts'
import type { ChannelConsumer } from './channel-consumer.ts'

/** A message that was delivered and is to be settled: who had it, and where it goes back to. */
export class Delivery implements Place {
  readonly deliveryTag: number
  readonly message: Message
  readonly sequence: number
  readonly queue: Queue
  /** Null when it was taken by `basic.get`. */
  readonly consumer: ChannelConsumer | null

  constructor(
    deliveryTag: number,
    message: Message,
    sequence: number,
    queue: Queue,
    consumer: ChannelConsumer | null,
  ) {
    this.deliveryTag = deliveryTag
    this.message = message
    this.sequence = sequence
    this.queue = queue
    this.consumer = consumer
  }
}
