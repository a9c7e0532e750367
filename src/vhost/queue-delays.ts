import type { DelayQueue, Room } from '../delayed/delay-queue.ts'
import type { PublishOutcome } from '../exchange/destination.ts'
import type { Message } from '../message/message.ts'
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

/** Messages that are to come to one queue later. Most queues never have any, and nothing is kept for those. */
export class QueueDelays {
  readonly #parts: QueueDelaysParts
  readonly #byQueue = new Map<Queue, DelayQueue>()

  constructor(parts: QueueDelaysParts) {
    this.#parts = parts
  }

  /** None when there never was any. */
  find(queue: Queue): DelayQueue | undefined {
    return this.#byQueue.get(queue)
  }

  countOf(queue: Queue): number {
    return this.#byQueue.get(queue)?.messageCount ?? 0
  }

  delay(queue: Queue, message: Message, delayMs: number): PublishOutcome {
    return (this.#byQueue.get(queue) ?? this.#start(queue)).delay(message, delayMs)
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

  #start(queue: Queue): DelayQueue {
    const logId = queue.durable ? this.#parts.newLogId() : null
    if (logId !== null) this.#parts.started(queue, logId)
    return this.#create(queue, logId)
  }

  #create(queue: Queue, logId: number | null): DelayQueue {
    const { vhost, createDelayQueue } = this.#parts
    const owner = { vhost, queue: queue.name }
    const delays = createDelayQueue(
      owner,
      logId,
      (message) => queue.publish(message),
      // It was taken long ago: who published it cannot be told any more that the queue is full.
      (message) => roomIn(queue, message),
    )
    this.#byQueue.set(queue, delays)
    return delays
  }
}

function roomIn(queue: Queue, message: Message): Room {
  if (!queue.refuses(message)) return 'now'
  return queue.readyCount > 0 ? 'later' : 'never'
}
