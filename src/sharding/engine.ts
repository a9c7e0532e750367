import { ClassicQueue } from '../queue/classic-queue.ts'
import type { Place, Queue } from '../queue/queue.ts'
import { StreamQueue } from '../stream/stream-queue.ts'
import { levelOf, placeNumber, sequenceOf } from './place-number.ts'

/** What is special about the queue itself, as its owner has it, for those who name its messages. */
export class Engine {
  readonly queue: Queue

  constructor(queue: Queue) {
    this.queue = queue
  }

  /** What a message is called outside that was delivered or taken. */
  placeOf({ message, sequence }: Place): number {
    const level = this.queue instanceof ClassicQueue ? this.queue.priorityOf(message) : 0
    return placeNumber(sequence, level)
  }

  /** Takes out what somebody had before this node owned the queue; what is not there is undefined. */
  async claim(places: readonly number[]): Promise<readonly (Place | undefined)[]> {
    if (!(this.queue instanceof ClassicQueue)) return places.map(() => undefined)
    return this.queue.claim(
      places.map((place) => ({ priority: levelOf(place), sequence: sequenceOf(place) })),
    )
  }

  /** Nobody claims anything any more. */
  begin(): void {
    if (this.queue instanceof ClassicQueue) this.queue.begin()
  }

  get readyBytes(): number {
    return this.queue instanceof ClassicQueue ? this.queue.readyBytes : 0
  }

  /** It is another's now: does nothing by itself any more, and says nothing to anybody. */
  abandon(): void {
    if (this.queue instanceof ClassicQueue || this.queue instanceof StreamQueue) {
      this.queue.abandon()
    }
  }
}
