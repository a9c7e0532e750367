import { BASIC_ACK, BASIC_NACK } from 'amqp-codec'
import type { ChannelOutput, FlushListener } from './channel-output.ts'

/**
 * Publisher confirms of one channel: numbers the publishes from 1 and reports what became of them,
 * many with one `basic.ack` when they settle in the same turn.
 * https://www.rabbitmq.com/docs/confirms#publisher-confirms
 */
export class Confirms implements FlushListener {
  readonly #channel: number
  readonly #output: ChannelOutput
  #published = 0
  #confirmed = 0
  #waiting = false

  constructor(channel: number, output: ChannelOutput) {
    this.#channel = channel
    this.#output = output
  }

  /** The next publish is the queues' now. */
  accepted(): void {
    this.#published++
    if (this.#waiting) return
    this.#waiting = true
    this.#output.beforeFlush(this)
  }

  /** A queue refused the next publish. */
  rejected(): void {
    this.beforeFlush()
    this.#confirmed = ++this.#published
    this.#output.method(this.#channel, {
      id: BASIC_NACK,
      deliveryTag: this.#confirmed,
      multiple: false,
      requeue: false,
    })
  }

  /** Sends what is owed. */
  beforeFlush(): void {
    this.#waiting = false
    const count = this.#published - this.#confirmed
    if (count === 0) return
    this.#confirmed = this.#published
    this.#output.method(this.#channel, {
      id: BASIC_ACK,
      deliveryTag: this.#confirmed,
      multiple: count > 1,
    })
  }
}
