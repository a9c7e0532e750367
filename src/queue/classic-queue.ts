import type { FieldTable } from 'amqp-codec'
import { ACCEPTED, type PublishOutcome } from '../exchange/destination.ts'
import type { Message } from '../message/message.ts'
import type { QueueLog } from '../message-log/queue-log.ts'
import { queueInExclusiveUse } from '../reasons.ts'
import { ConsumerRing } from './consumer-ring.ts'
import type {
  ExclusiveOwner,
  Place,
  Queue,
  QueueConsumer,
  QueuedMessage,
  QueueEvents,
  QueueProperties,
} from './queue.ts'
import { memoryOnly, type QueueStorage } from './queue-storage.ts'
import { ReadyList } from './ready-list.ts'

/**
 * The queue engine: who gets which message, in which order. Synchronous and deterministic; it knows
 * neither channels nor the wire, and keeps one rule at all times: while messages are ready in memory,
 * no consumer waits that could take one. A durable queue tells its log of every persistent message
 * that it gets, gives away and is rid of, and never waits for it.
 *
 *     publish ─▶ ready ─▶ unacked (the consumer's) ─▶ acknowledged or rejected: gone
 *                  ▲          │
 *                  └─ requeue ┘  to its old place
 */
export class ClassicQueue implements Queue {
  readonly kind = 'queue'
  readonly name: string
  readonly vhostName: string
  readonly durable: boolean
  /** Null once the queue is deleted: routes that were kept for it must not keep a connection. */
  exclusiveOwner: ExclusiveOwner | null
  readonly autoDelete: boolean
  readonly arguments: FieldTable

  readonly #events: QueueEvents
  readonly #consumers = new ConsumerRing()
  readonly #ready: ReadyList
  /** Null when nothing of it outlives the process. */
  readonly #log: QueueLog | null
  readonly #singleActiveConsumer: boolean
  #exclusiveConsumer = false
  #nextSequence: number
  #unackedCount = 0
  /** Those that wait for messages to be read back. */
  #waiting: (() => void)[] = []
  #deleted = false

  constructor(
    name: string,
    vhostName: string,
    properties: QueueProperties,
    events: QueueEvents,
    storage: QueueStorage = memoryOnly(),
    log: QueueLog | null = null,
  ) {
    this.name = name
    this.vhostName = vhostName
    this.durable = properties.durable
    this.exclusiveOwner = properties.exclusiveOwner
    this.autoDelete = properties.autoDelete
    this.arguments = properties.arguments
    this.#singleActiveConsumer =
      properties.arguments.get('x-single-active-consumer')?.value === true
    this.#events = events
    this.#log = log
    this.#nextSequence = log?.nextSequence ?? 0
    this.#ready = new ReadyList(log, storage, () => this.#onLoaded())
  }

  get readyCount(): number {
    return this.#ready.length
  }

  get unackedCount(): number {
    return this.#unackedCount
  }

  get consumerCount(): number {
    return this.#consumers.size
  }

  publish(message: Message): PublishOutcome {
    if (this.#deleted) return ACCEPTED
    const sequence = this.#nextSequence++
    const log = this.#log
    if (this.#ready.length === 0) {
      const consumer = this.#consumers.next()
      if (consumer !== undefined) return this.#publishTo(consumer, message, sequence)
    }
    const isLogged = log !== null && message.persistent
    const outcome = isLogged ? log.enqueue(message, sequence) : ACCEPTED
    this.#ready.push(message, sequence, isLogged)
    return outcome
  }

  /** What a consumer gets that does not acknowledge has left the queue before it was stored. */
  #publishTo(consumer: QueueConsumer, message: Message, sequence: number): PublishOutcome {
    const log = this.#log
    let outcome: PublishOutcome = ACCEPTED
    if (!consumer.noAck) {
      this.#unackedCount++
      if (log !== null && message.persistent) {
        outcome = log.enqueue(message, sequence)
        log.deliver(message, sequence)
      }
    }
    consumer.deliver(message, sequence, false)
    return outcome
  }

  consume(consumer: QueueConsumer, exclusive: boolean): void {
    const isShared = this.#consumers.size > 0 || this.#singleActiveConsumer
    if (this.#exclusiveConsumer || (exclusive && isShared)) {
      throw queueInExclusiveUse(this.name, this.vhostName)
    }
    this.#exclusiveConsumer = exclusive
    this.#consumers.add(consumer)
    this.#dispatch()
  }

  cancel(consumer: QueueConsumer): void {
    if (!this.#consumers.delete(consumer) || this.#consumers.size > 0) return
    this.#exclusiveConsumer = false
    this.#events.lastConsumerLeft(this)
  }

  resume(consumer: QueueConsumer): void {
    this.#consumers.resume(consumer)
    this.#dispatch()
  }

  get isLoading(): boolean {
    return this.#ready.isLoading
  }

  whenLoaded(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
    })
  }

  get(noAck: boolean): QueuedMessage | undefined {
    const message = this.#ready.shift()
    if (message === undefined) return undefined
    const { sequence, redelivered } = this.#ready
    this.#handedOut(message, sequence, redelivered, noAck)
    return { message, sequence, redelivered }
  }

  acknowledge(places: readonly Place[]): void {
    this.#unackedCount -= places.length
    this.#settle(places)
  }

  reject(places: readonly Place[]): void {
    this.#unackedCount -= places.length
    this.#settle(places)
  }

  requeue(places: readonly Place[]): void {
    this.#unackedCount -= places.length
    if (this.#deleted) return
    for (const place of places) this.#ready.putBack(place)
    this.#dispatch()
  }

  purge(): number {
    const count = this.#ready.length
    this.#settle(this.#ready.returned)
    for (const [from, to] of this.#ready.returnedRanges) this.#log?.settleRange(from, to)
    const { firstSequence } = this.#ready
    if (firstSequence !== undefined) this.#log?.settleRange(firstSequence, this.#nextSequence - 1)
    this.#ready.clear()
    this.#wakeWaiting()
    return count
  }

  delete(): void {
    this.#deleted = true
    this.exclusiveOwner = null
    this.#ready.clear()
    this.#log?.drop()
    this.#wakeWaiting()
    const consumers = [...this.#consumers.keys()]
    this.#consumers.clear()
    for (const consumer of consumers) consumer.cancelled()
  }

  /** Hands out what is ready for as long as somebody can take it. */
  #dispatch(): void {
    while (this.#ready.length > 0) {
      const consumer = this.#consumers.next()
      if (consumer === undefined) return
      const message = this.#ready.shift()
      if (message === undefined) return
      const { sequence, redelivered } = this.#ready
      this.#handedOut(message, sequence, redelivered, consumer.noAck)
      consumer.deliver(message, sequence, redelivered)
    }
  }

  #handedOut(message: Message, sequence: number, redelivered: boolean, noAck: boolean): void {
    if (!noAck) this.#unackedCount++
    const log = this.#log
    if (log === null) return
    if (noAck) log.settle(message, sequence)
    else if (!redelivered) log.deliver(message, sequence)
  }

  #settle(places: Iterable<Place>): void {
    const log = this.#log
    if (log === null) return
    for (const { message, sequence } of places) log.settle(message, sequence)
  }

  #onLoaded(): void {
    this.#dispatch()
    this.#wakeWaiting()
  }

  #wakeWaiting(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const wake of waiting) wake()
  }
}
