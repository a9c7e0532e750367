import type { Message } from '../../message/message.ts'
import { BatchReader } from './batch-reader.ts'
import { BatchWriter } from './batch-writer.ts'

/* What the owner of a place tells a front, in the same way. */

const WELCOME = 1
const CONFIRMED = 2
const REJECTED = 3
const DELIVER = 4
const CANCELLED = 5
const DONE = 6
const FAILED = 7
const GOT = 8
const COUNTED = 9
const SEEN = 10
const LOST = 11

/** A message that a consumer, or `basic.get`, has taken. */
export interface TakenMessage {
  readonly place: number
  readonly redelivered: boolean
  readonly message: Message
}

/** How much there is in a queue. */
export interface QueueNumbers {
  readonly ready: number
  readonly unacked: number
  readonly consumers: number
}

/** What one who looks at a queue sees of it. */
export interface QueueSight extends QueueNumbers {
  readonly readyBytes: number
  /** How many are to come later. */
  readonly delayed: number
  /** The totals of `QueueCounts`, in its order. */
  readonly totals: readonly number[]
  /** The front's consumer that alone gets everything, 0 for nobody of the front; null where that is not so. */
  readonly activeConsumer: number | null
}

/** Hears what an owner says. */
export interface OwnerListener {
  /** These were claimed, and are not the front's: they are gone, or somebody else's. */
  lost(queue: number, places: readonly number[]): void
  /** It knows the front's publishes up to that number, be they stored or on their way. */
  welcome(upTo: number): void
  /** All publishes up to that number are safe, but those that were rejected. */
  confirmed(upTo: number): void
  /** Comes before the `confirmed` that includes it. */
  rejected(number: number): void
  deliver(consumer: number, taken: TakenMessage): void
  /** The queue has gone. */
  cancelled(consumer: number): void
  /** What was asked for has happened; `count` is how much, or where a consumer goes on in a stream. */
  done(request: number, count: number): void
  failed(request: number, replyCode: number, reason: string): void
  /** Undefined when there was nothing. */
  got(request: number, taken: TakenMessage | undefined, ready: number): void
  counted(request: number, numbers: QueueNumbers): void
  seen(queue: number, sight: QueueSight): void
}

/** Says it. */
export class OwnerWriter implements OwnerListener {
  readonly #batch = new BatchWriter()

  get bytes(): number {
    return this.#batch.bytes
  }

  take(): Buffer[] {
    return this.#batch.take()
  }

  lost(queue: number, places: readonly number[]): void {
    this.#batch.uint8(LOST)
    this.#batch.uint48(queue)
    this.#batch.uint32(places.length)
    for (const place of places) this.#batch.uint48(place)
  }

  welcome(upTo: number): void {
    this.#batch.uint8(WELCOME)
    this.#batch.uint48(upTo)
  }

  confirmed(upTo: number): void {
    this.#batch.uint8(CONFIRMED)
    this.#batch.uint48(upTo)
  }

  rejected(number: number): void {
    this.#batch.uint8(REJECTED)
    this.#batch.uint48(number)
  }

  deliver(consumer: number, taken: TakenMessage): void {
    this.#batch.uint8(DELIVER)
    this.#batch.uint32(consumer)
    this.#taken(taken)
  }

  cancelled(consumer: number): void {
    this.#batch.uint8(CANCELLED)
    this.#batch.uint32(consumer)
  }

  done(request: number, count: number): void {
    this.#batch.uint8(DONE)
    this.#batch.uint32(request)
    this.#batch.uint48(count)
  }

  failed(request: number, replyCode: number, reason: string): void {
    this.#batch.uint8(FAILED)
    this.#batch.uint32(request)
    this.#batch.uint16(replyCode)
    this.#batch.text(reason)
  }

  got(request: number, taken: TakenMessage | undefined, ready: number): void {
    this.#batch.uint8(GOT)
    this.#batch.uint32(request)
    this.#batch.uint48(ready)
    this.#batch.uint8(taken === undefined ? 0 : 1)
    if (taken !== undefined) this.#taken(taken)
  }

  counted(request: number, numbers: QueueNumbers): void {
    this.#batch.uint8(COUNTED)
    this.#batch.uint32(request)
    this.#numbers(numbers)
  }

  seen(queue: number, sight: QueueSight): void {
    this.#batch.uint8(SEEN)
    this.#batch.uint48(queue)
    this.#numbers(sight)
    this.#batch.uint48(sight.readyBytes)
    this.#batch.uint48(sight.delayed)
    this.#batch.uint8(sight.totals.length)
    for (const total of sight.totals) this.#batch.uint48(total)
    this.#batch.uint8(sight.activeConsumer === null ? 0 : 1)
    if (sight.activeConsumer !== null) this.#batch.uint32(sight.activeConsumer)
  }

  #numbers({ ready, unacked, consumers }: QueueNumbers): void {
    this.#batch.uint48(ready)
    this.#batch.uint48(unacked)
    this.#batch.uint32(consumers)
  }

  #taken({ place, redelivered, message }: TakenMessage): void {
    this.#batch.uint48(place)
    this.#batch.uint8(redelivered ? 1 : 0)
    this.#batch.message(message)
  }
}

/** Tells a listener what is in a batch. Throws RangeError when it makes no sense. */
export class OwnerReader {
  readonly #reader = new BatchReader()

  read(bytes: Buffer, listener: OwnerListener): void {
    const reader = this.#reader
    reader.begin(bytes)
    while (!reader.isAtEnd) this.#word(listener)
  }

  #word(listener: OwnerListener): void {
    const reader = this.#reader
    const word = reader.uint8()
    switch (word) {
      case LOST:
        return this.#lost(listener)
      case WELCOME:
        return listener.welcome(reader.uint48())
      case CONFIRMED:
        return listener.confirmed(reader.uint48())
      case REJECTED:
        return listener.rejected(reader.uint48())
      case DELIVER:
        return listener.deliver(reader.uint32(), this.#taken())
      case CANCELLED:
        return listener.cancelled(reader.uint32())
      case DONE:
        return listener.done(reader.uint32(), reader.uint48())
      case FAILED:
        return listener.failed(reader.uint32(), reader.uint16(), reader.text())
      case GOT:
        return this.#got(listener)
      case COUNTED:
        return listener.counted(reader.uint32(), this.#numbers())
      case SEEN:
        return listener.seen(reader.uint48(), this.#sight())
      default:
        throw new RangeError(`there is no word ${word}`)
    }
  }

  #lost(listener: OwnerListener): void {
    const queue = this.#reader.uint48()
    const places: number[] = []
    for (let left = this.#reader.uint32(); left > 0; left--) places.push(this.#reader.uint48())
    listener.lost(queue, places)
  }

  #got(listener: OwnerListener): void {
    const [request, ready] = [this.#reader.uint32(), this.#reader.uint48()]
    listener.got(request, this.#reader.uint8() === 0 ? undefined : this.#taken(), ready)
  }

  #taken(): TakenMessage {
    const place = this.#reader.uint48()
    const redelivered = this.#reader.uint8() === 1
    return { place, redelivered, message: this.#reader.message() }
  }

  #numbers(): QueueNumbers {
    const reader = this.#reader
    return { ready: reader.uint48(), unacked: reader.uint48(), consumers: reader.uint32() }
  }

  #sight(): QueueSight {
    const numbers = this.#numbers()
    const [readyBytes, delayed] = [this.#reader.uint48(), this.#reader.uint48()]
    const count = this.#reader.uint8()
    const totals = Array.from({ length: count }, () => this.#reader.uint48())
    const activeConsumer = this.#reader.uint8() === 0 ? null : this.#reader.uint32()
    return { ...numbers, readyBytes, delayed, totals, activeConsumer }
  }
}
