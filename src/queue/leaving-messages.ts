import type { Message } from '../message/message.ts'
import type { Lane } from './lane.ts'
import type { DeadLetter, DeadLetterReason, Place, QueueEvents } from './queue.ts'
import type { QueueSettings } from './settings.ts'

/** So many may be on their way before what else is dead has to wait. */
const MOST_COUNT = 10_000
const MOST_BYTES = 16 * 1024 * 1024

/**
 * Dead messages of a queue on their way to where dead letters go. On a broker alone they arrive at once; in a
 * cluster that may take a while, in which they are still in the queue's log, so that none is lost.
 */
export class LeavingMessages {
  readonly queueName: string
  readonly #events: QueueEvents
  #count = 0
  #bytes = 0

  constructor(queueName: string, events: QueueEvents) {
    this.queueName = queueName
    this.#events = events
  }

  /** Whether no more should follow them yet. */
  get areMany(): boolean {
    return this.#count >= MOST_COUNT || this.#bytes >= MOST_BYTES
  }

  /** Does nothing where dead letters go nowhere. `lane` is where the message was, if it was in any. */
  send(place: Place, reason: DeadLetterReason, settings: QueueSettings, lane: Lane | null): void {
    const { deadLetterExchange, deadLetterRoutingKey } = settings
    if (deadLetterExchange === undefined) return
    this.#count++
    this.#bytes += place.message.bodySize
    const letter = new Letter(place, reason, lane, this)
    letter.exchange = deadLetterExchange
    letter.routingKey = deadLetterRoutingKey
    this.#events.deadLetter(letter)
  }

  arrived({ bodySize }: Message): void {
    this.#count--
    this.#bytes -= bodySize
  }
}

/** No closure: as many may die as are published. */
class Letter implements DeadLetter {
  readonly queueName: string
  readonly message: Message
  readonly reason: DeadLetterReason
  exchange = ''
  routingKey: string | undefined
  readonly #place: Place
  readonly #lane: Lane | null
  readonly #others: LeavingMessages

  constructor(place: Place, reason: DeadLetterReason, lane: Lane | null, others: LeavingMessages) {
    this.queueName = others.queueName
    this.message = place.message
    this.reason = reason
    this.#place = place
    this.#lane = lane
    this.#others = others
  }

  arrived(): void {
    this.#others.arrived(this.message)
    this.#lane?.settle(this.#place)
  }
}
