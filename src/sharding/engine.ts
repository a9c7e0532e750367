import type { DelayQueue } from '../delayed/delay-queue.ts'
import type { PublishOutcome } from '../exchange/destination.ts'
import type { Message } from '../message/message.ts'
import { ClassicQueue } from '../queue/classic-queue.ts'
import type { Place, Queue, QueueConsumer, TakenPlace } from '../queue/queue.ts'
import { StreamQueue } from '../stream/stream-queue.ts'
import { levelOf, placeNumber, sequenceOf } from './place-number.ts'
import type { Settlement } from './wire/front-words.ts'

/** How it comes by messages that are to come to its queue later: most have none. */
export interface EngineDelays {
  readonly create: () => DelayQueue
  /** Whether some are stored. */
  readonly areThere: () => boolean
}

/** What is special about the queue itself, as its owner has it, for those who name its messages. */
export class Engine {
  readonly queue: Queue
  readonly #parts: EngineDelays
  #delays: DelayQueue | undefined

  constructor(queue: Queue, delays: EngineDelays) {
    this.queue = queue
    this.#parts = delays
  }

  /** Messages that are to come to it later. */
  get delays(): DelayQueue {
    this.#delays ??= this.#parts.create()
    return this.#delays
  }

  /** The same, if there ever were any. */
  get knownDelays(): DelayQueue | undefined {
    return this.#delays
  }

  /** What a message is called outside that was delivered or taken. */
  placeOf({ message, sequence }: Place): number {
    const level = this.queue instanceof ClassicQueue ? this.queue.priorityOf(message) : 0
    return placeNumber(sequence, level)
  }

  /** Takes out what somebody had before this node owned the queue; what is not there is undefined. */
  async claim(places: readonly number[]): Promise<readonly (TakenPlace | undefined)[]> {
    if (!(this.queue instanceof ClassicQueue)) return places.map(() => undefined)
    const claimed = await this.queue.claim(
      places.map((place) => ({ priority: levelOf(place), sequence: sequenceOf(place) })),
    )
    return claimed.map((place) => place && { ...place, redelivered: true })
  }

  /** What becomes of what somebody had. */
  settle(settlement: Settlement, places: readonly TakenPlace[]): void {
    const { queue } = this
    switch (settlement) {
      case 'acknowledge':
        queue.counts.acknowledged += places.length
        queue.acknowledge(places)
        break
      case 'deliver':
        queue.acknowledge(places)
        break
      case 'putBack':
        if (queue instanceof ClassicQueue) queue.putBack(places)
        break
      default:
        queue[settlement](places)
    }
  }

  /** Where it goes on in a stream; else 0. */
  nextOffsetOf(consumer: QueueConsumer): number {
    return this.queue instanceof StreamQueue ? this.queue.nextOffsetOf(consumer) : 0
  }

  /** An owner before this one may have delivered it, and had not stored it. */
  publishAgain(message: Message): PublishOutcome {
    return this.queue instanceof ClassicQueue
      ? this.queue.publish(message, true)
      : this.queue.publish(message)
  }

  /** Nobody claims anything any more. */
  begin(): void {
    if (this.queue instanceof ClassicQueue) this.queue.begin()
    // Those who use it could not do so before.
    this.queue.touch()
    if (this.#delays === undefined && this.#parts.areThere()) this.#delays = this.#parts.create()
  }

  /** The queue is no more. */
  delete(): void {
    this.#delays?.delete()
    this.queue.delete()
  }

  get readyBytes(): number {
    return this.queue instanceof ClassicQueue ? this.queue.readyBytes : 0
  }

  /** It is another's now: does nothing by itself any more, and says nothing to anybody. */
  abandon(): void {
    this.#delays?.abandon()
    if (this.queue instanceof ClassicQueue || this.queue instanceof StreamQueue) {
      this.queue.abandon()
    }
  }
}
