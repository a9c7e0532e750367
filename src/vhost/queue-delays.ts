import { roomInQueue } from '../delayed/room-in-queue.ts'
import type { PublishOutcome } from '../exchange/destination.ts'
import type { Message } from '../message/message.ts'
import type { Delays } from '../queue/delays.ts'
import type { Queue } from '../queue/queue.ts'
import type { DelayQueueFactory } from './delay-queue-factory.ts'

export interface QueueDelaysParts {
  readonly vhost: string
  readonly createDelayQueue: DelayQueueFactory
  /** What the message log is to know a queue's delayed messages by; null where nothing is kept. */
  readonly newLogId: () => number | null
  /** The queue has delayed messages under that id from now on. */
  readonly started: (queue: Queue, logId: number) => void
}

/**
 * Messages that are to come to one queue later. Most queues never have any, and nothing is kept for those; those
 * of a cluster see to it themselves.
 */
export class QueueDelays {
  readonly #parts: QueueDelaysParts
  readonly #byQueue = new Map<Queue, Delays>()

  constructor(parts: QueueDelaysParts) {
    this.#parts = parts
  }

  /** None when there never was any. */
  find(queue: Queue): Delays | undefined {
    return queue.delays ?? this.#byQueue.get(queue)
  }

  countOf(queue: Queue): number {
    return this.find(queue)?.messageCount ?? 0
  }

  delay(queue: Queue, message: Message, delayMs: number): PublishOutcome {
    return (this.find(queue) ?? this.#start(queue)).delay(message, delayMs)
  }

  /** There were some in a former run. */
  restore(queue: Queue, logId: number): void {
    this.#create(queue, logId)
  }

  /** The queue has gone, and what was to come to it. */
  delete(queue: Queue): void {
    this.#byQueue.get(queue)?.delete()
    this.#byQueue.delete(queue)
  }

  #start(queue: Queue): Delays {
    const logId = queue.durable ? this.#parts.newLogId() : null
    if (logId !== null) this.#parts.started(queue, logId)
    return this.#create(queue, logId)
  }

  #create(queue: Queue, id: number | null): Delays {
    const { vhost, createDelayQueue } = this.#parts
    const delays = createDelayQueue({
      ...{ id, place: undefined },
      owner: { vhost, queue: queue.name },
      release: (message) => queue.publish(message),
      roomFor: (message) => roomInQueue(queue, message),
    })
    this.#byQueue.set(queue, delays)
    return delays
  }
}
