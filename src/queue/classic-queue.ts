import type { FieldTable } from 'amqp-codec'
import { ACCEPTED, type PublishOutcome } from '../exchange/destination.ts'
import { ByteArena } from '../message/byte-arena.ts'
import type { Message } from '../message/message.ts'
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
import { ReadyList } from './ready-list.ts'

/**
 * The queue engine: who gets which message, in which order. Synchronous and deterministic; it knows
 * neither channels nor the wire, and keeps one rule at all times: while messages are ready, no
 * consumer waits that could take one.
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
  readonly #ready = new ReadyList()
  readonly #arena = new ByteArena()
  readonly #singleActiveConsumer: boolean
  #exclusiveConsumer = false
  #nextSequence = 0
  #unackedCount = 0
  #deleted = false

  constructor(name: string, vhostName: string, properties: QueueProperties, events: QueueEvents) {
    this.name = name
    this.vhostName = vhostName
    this.durable = properties.durable
    this.exclusiveOwner = properties.exclusiveOwner
    this.autoDelete = properties.autoDelete
    this.arguments = properties.arguments
    this.#singleActiveConsumer =
      properties.arguments.get('x-single-active-consumer')?.value === true
    this.#events = events
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
    if (this.#ready.length === 0) {
      const consumer = this.#consumers.next()
      if (consumer !== undefined) {
        if (!consumer.noAck) this.#unackedCount++
        consumer.deliver(message, sequence, false)
        return ACCEPTED
      }
    }
    message.settleIn(this.#arena)
    this.#ready.push(message, sequence)
    return ACCEPTED
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

  get(noAck: boolean): QueuedMessage | undefined {
    const message = this.#ready.shift()
    if (message === undefined) return undefined
    if (this.#ready.length === 0) this.#arena.release()
    if (!noAck) this.#unackedCount++
    return { message, sequence: this.#ready.sequence, redelivered: this.#ready.redelivered }
  }

  acknowledge(count: number): void {
    this.#unackedCount -= count
  }

  reject(places: readonly Place[]): void {
    this.#unackedCount -= places.length
  }

  requeue(places: readonly Place[]): void {
    this.#unackedCount -= places.length
    if (this.#deleted) return
    for (const place of places) {
      place.message.settleIn(this.#arena)
      this.#ready.putBack(place)
    }
    this.#dispatch()
  }

  purge(): number {
    const count = this.#ready.length
    this.#ready.clear()
    this.#arena.release()
    return count
  }

  delete(): void {
    this.#deleted = true
    this.exclusiveOwner = null
    this.purge()
    const consumers = [...this.#consumers.keys()]
    this.#consumers.clear()
    for (const consumer of consumers) consumer.cancelled()
  }

  /** Hands out what is ready for as long as somebody can take it. */
  #dispatch(): void {
    while (this.#ready.length > 0) {
      const consumer = this.#consumers.next()
      if (consumer === undefined) return
      const message = this.#ready.shift() as Message
      if (!consumer.noAck) this.#unackedCount++
      consumer.deliver(message, this.#ready.sequence, this.#ready.redelivered)
    }
    this.#arena.release()
  }
}
