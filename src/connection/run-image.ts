import { BASIC_DELIVER, FRAME_END, FRAME_METHOD, FRAME_OVERHEAD } from 'amqp-codec'
import { copyBytes } from '../message/copy-bytes.ts'
import type { Message } from '../message/message.ts'
import type { MessageRun } from '../message/message-run.ts'

/** Larger contents are not copied, so that they have no place here. */
const CONTENT_LIMIT_BYTES = 8 * 1024
const FIRST_BYTES = 4 * 1024
const METHOD_ID_AT = 7
/** Of a method frame, what stands before the consumer tag; of its arguments, what is between tag and address. */
const TAG_AT = 12
const TAG_TO_ADDRESS_BYTES = 8 + 1

/**
 * The messages of a run as they are on the wire, each with its `basic.deliver` before it. What goes to
 * a consumer is copied at once, however many messages that are, and then only its channel, consumer tag
 * and delivery tags are filled in.
 *
 *     │ method frame: channel ▁, tag ▁▁▁, delivery tag ▁ │ header frame: channel ▁ │ body frame: channel ▁ │ …
 *       └ start                                            └ content                 └ body
 *
 * Where things are depends on how long consumer tags are: there is an image for each of two lengths.
 */
export class RunImage {
  readonly #prefixBytes: number
  #bytes: Buffer = Buffer.allocUnsafeSlow(FIRST_BYTES)
  /** Where each of them begins, and one more: where the last one ends. */
  readonly #starts: number[] = [0]
  readonly #contents: number[] = []
  /** Where body frames begin; 0 where there is none. */
  readonly #bodies: number[] = []
  #largestContent = 0

  private constructor(prefixBytes: number) {
    this.#prefixBytes = prefixBytes
  }

  /** With the run's messages up to now; null when they have to go one by one. */
  static of(run: MessageRun, prefixBytes: number, frameMax: number): RunImage | null {
    run.wire ??= []
    const images = run.wire as RunImage[]
    let image = images.find((it) => it.#prefixBytes === prefixBytes)
    if (image === undefined) {
      if (images.length === MAX_IMAGES) return null
      image = new RunImage(prefixBytes)
      images.push(image)
    }
    image.#extend(run.messages)
    const largest = image.#largestContent
    return largest > CONTENT_LIMIT_BYTES || (frameMax > 0 && largest > frameMax) ? null : image
  }

  /** How many bytes they are, from one message up to another. */
  size(from: number, to: number): number {
    return (this.#starts[to] as number) - (this.#starts[from] as number)
  }

  /** The message, not behind that one, up to which they have room in so many bytes. */
  endWithin(bytes: number, from: number, to: number): number {
    let end = to
    // Most often all have.
    while (end > from && this.size(from, end) > bytes) end = from + ((end - from) >>> 1)
    return end
  }

  /** Puts them there, for the consumer whose prefix that is, with delivery tags from that one on. */
  copy(
    from: number,
    to: number,
    target: Buffer,
    at: number,
    prefix: Buffer,
    firstTag: number,
  ): void {
    const start = this.#starts[from] as number
    target.set(this.#bytes.subarray(start, this.#starts[to]), at)
    const offset = at - start
    const high = prefix[1] as number
    const low = prefix[2] as number
    for (let index = from, tag = firstTag; index < to; index++, tag++) {
      const method = offset + (this.#starts[index] as number)
      target[method + 1] = high
      target[method + 2] = low
      copyBytes(prefix, TAG_AT, prefix.length, target, method + TAG_AT)
      writeDeliveryTag(target, method + prefix.length, tag)
      const content = offset + (this.#contents[index] as number)
      target[content + 1] = high
      target[content + 2] = low
      const body = this.#bodies[index] as number
      if (body === 0) continue
      target[offset + body + 1] = high
      target[offset + body + 2] = low
    }
  }

  /** Up to the first one that has no place here. */
  #extend(messages: readonly Message[]): void {
    for (let index = this.#contents.length; index < messages.length; index++) {
      if (this.#largestContent > CONTENT_LIMIT_BYTES) return
      this.#add(messages[index] as Message)
    }
  }

  #add(message: Message): void {
    const { address, buffer, start, end } = message
    const addressBytes = address.end - address.start
    const methodBytes = this.#prefixBytes + TAG_TO_ADDRESS_BYTES + addressBytes + 1
    const contentBytes = message.isOneFrame ? end - start : Number.POSITIVE_INFINITY
    this.#largestContent = Math.max(this.#largestContent, contentBytes)
    if (this.#largestContent > CONTENT_LIMIT_BYTES) return
    const method = this.#starts.at(-1) as number
    const content = method + methodBytes
    this.#reserve(content + contentBytes)
    const bytes = this.#bytes
    bytes.fill(0, method, content)
    bytes[method] = FRAME_METHOD
    bytes.writeUInt32BE(methodBytes - FRAME_OVERHEAD, method + 3)
    bytes.writeUInt32BE(BASIC_DELIVER, method + METHOD_ID_AT)
    bytes[method + TAG_AT - 1] = this.#prefixBytes - TAG_AT
    copyBytes(address.buffer, address.start, address.end, bytes, content - 1 - addressBytes)
    bytes[content - 1] = FRAME_END
    copyBytes(buffer, start, end, bytes, content)
    this.#contents.push(content)
    this.#bodies.push(message.bodySize === 0 ? 0 : content + message.headerFrameBytes)
    this.#starts.push(content + contentBytes)
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(bytes, this.#bytes.length * 2))
    larger.set(this.#bytes)
    this.#bytes = larger
  }
}

/** Who has a tag of yet another length gets messages one by one. */
const MAX_IMAGES = 2

export function writeDeliveryTag(target: Buffer, at: number, deliveryTag: number): number {
  const high = deliveryTag > 0xffffffff ? Math.floor(deliveryTag / 0x100000000) : 0
  target[at] = high >>> 24
  target[at + 1] = high >>> 16
  target[at + 2] = high >>> 8
  target[at + 3] = high
  target[at + 4] = deliveryTag >>> 24
  target[at + 5] = deliveryTag >>> 16
  target[at + 6] = deliveryTag >>> 8
  target[at + 7] = deliveryTag
  return at + 8
}
