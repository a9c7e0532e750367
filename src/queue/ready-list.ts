import { Fifo } from '../base/fifo.ts'
import { Heap } from '../base/heap.ts'
import type { Message } from '../message/message.ts'
import type { Place } from './queue.ts'

/**
 * The messages of a queue that nobody has, in order.
 *
 *     returned: came back, by sequence     arrived: in order of arrival, sequences consecutive
 *     ( 3 7 8 )                            [ 12 13 14 15 … ]
 *
 * What comes back was taken from the front, so it is always before all that has not been taken yet.
 */
export class ReadyList {
  readonly #returned = new Heap<Place>((a, b) => a.sequence < b.sequence)
  readonly #arrived = new Fifo<Message>()
  /** The sequence of the first in `#arrived`. */
  #firstArrived = 0
  #bodyBytes = 0

  /** What `shift` last took: set here rather than returned, to spare an object a message. */
  sequence = 0
  redelivered = false

  get length(): number {
    return this.#returned.length + this.#arrived.length
  }

  get bodyBytes(): number {
    return this.#bodyBytes
  }

  /** Sequences must be consecutive for as long as the list holds messages that were pushed. */
  push(message: Message, sequence: number): void {
    if (this.#arrived.length === 0) this.#firstArrived = sequence
    this.#arrived.push(message)
    this.#bodyBytes += message.bodySize
  }

  putBack(place: Place): void {
    this.#returned.push({ message: place.message, sequence: place.sequence })
    this.#bodyBytes += place.message.bodySize
  }

  /** Takes the first message; where and how often it was is in `sequence` and `redelivered`. */
  shift(): Message | undefined {
    const returned = this.#returned.pop()
    let message: Message | undefined
    if (returned === undefined) {
      message = this.#arrived.shift()
      if (message === undefined) return undefined
      this.sequence = this.#firstArrived++
      this.redelivered = false
    } else {
      message = returned.message
      this.sequence = returned.sequence
      this.redelivered = true
    }
    this.#bodyBytes -= message.bodySize
    return message
  }

  clear(): void {
    this.#returned.clear()
    this.#arrived.clear()
    this.#bodyBytes = 0
  }
}
