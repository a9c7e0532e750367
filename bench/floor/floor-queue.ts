import { BASIC_DELIVER, encodeMethodFrame } from 'amqp-codec'
import type { Outbox } from './outbox.ts'
import { copyBytes } from './turn-log.ts'

/** Content header and body, in the frames in which they came. */
export interface FloorMessage {
  readonly bytes: Buffer
  readonly start: number
  readonly end: number
}

/** So many places may be empty at the head of a queue before they are cut off. */
const EMPTY_PLACES = 16_384

export class FloorQueue {
  readonly name: string
  isDurable = false
  readonly consumers = new Set<FloorConsumer>()
  #messages: (FloorMessage | undefined)[] = []
  #head = 0

  constructor(name: string) {
    this.name = name
  }

  get count(): number {
    return this.#messages.length - this.#head
  }

  push(message: FloorMessage): void {
    this.#messages.push(message)
  }

  purge(): number {
    const { count } = this
    this.#messages = []
    this.#head = 0
    return count
  }

  /** To the consumers in turn, as far as they have credit and room. */
  deliver(): void {
    let isServed = true
    while (isServed && this.count > 0) {
      isServed = false
      for (const consumer of this.consumers) {
        if (this.count === 0 || !consumer.isReady) continue
        consumer.deliver(this.#messages[this.#head] as FloorMessage)
        this.#messages[this.#head++] = undefined
        isServed = true
      }
    }
    if (this.#head < EMPTY_PLACES) return
    this.#messages.splice(0, this.#head)
    this.#head = 0
  }
}

/** The delivery tag follows the consumer's. */
const DELIVERY_TAG_AT = 12

export class FloorConsumer {
  readonly queue: FloorQueue
  readonly #outbox: Outbox
  readonly #deliver: Buffer
  readonly #tagAt: number
  #credit: number
  #deliveryTag = 0
  #ackedTag = 0

  constructor(
    queue: FloorQueue,
    outbox: Outbox,
    channel: number,
    consumerTag: string,
    prefetch: number,
  ) {
    this.queue = queue
    this.#outbox = outbox
    this.#credit = prefetch
    this.#tagAt = DELIVERY_TAG_AT + Buffer.byteLength(consumerTag)
    this.#deliver = encodeMethodFrame(channel, {
      id: BASIC_DELIVER,
      consumerTag,
      deliveryTag: 0,
      redelivered: false,
      exchange: '',
      routingKey: queue.name,
    })
  }

  get isReady(): boolean {
    return this.#credit > 0 && !this.#outbox.isFull
  }

  deliver({ bytes, start, end }: FloorMessage): void {
    this.#credit--
    const method = this.#deliver
    const at = this.#outbox.reserve(method.length + end - start)
    const slab = this.#outbox.bytes
    copyBytes(method, 0, method.length, slab, at)
    const tag = ++this.#deliveryTag
    // Such a run has no more than 32 bits of messages.
    slab[at + this.#tagAt + 4] = tag >>> 24
    slab[at + this.#tagAt + 5] = tag >>> 16
    slab[at + this.#tagAt + 6] = tag >>> 8
    slab[at + this.#tagAt + 7] = tag
    copyBytes(bytes, start, end, slab, at + method.length)
  }

  ack(deliveryTag: number, isMultiple: boolean): void {
    const count = isMultiple ? deliveryTag - this.#ackedTag : 1
    this.#ackedTag += count
    this.#credit += count
  }
}
