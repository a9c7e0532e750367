import { withDeliveryCount } from '../message/delivery-count.ts'
import type { Message } from '../message/message.ts'
import { getFromSingleActive } from '../reasons.ts'
import { ClassicQueue } from './classic-queue.ts'
import type { ClassicQueueParts } from './classic-queue-parts.ts'
import type { Lane } from './lane.ts'
import type { DeadLetterReason, Place, QueueConsumer, QueuedMessage } from './queue.ts'

/** Quorum queues of RabbitMQ 4.0 to 4.2 know two priorities. https://www.rabbitmq.com/docs/quorum-queues#priorities */
const highOrNormal = (priority: number): number => (priority > 4 ? 1 : 0)

/**
 * A queue that counts how often each message came back: consumers are told in `x-delivery-count`, and
 * one that came back too often is dropped. It keeps transient messages like persistent ones. On one node,
 * which is all there is here, nothing else sets it apart from a classic queue.
 * https://www.rabbitmq.com/docs/quorum-queues#poison-message-handling
 */
export class QuorumQueue extends ClassicQueue {
  override readonly type = 'quorum'
  /** By lane and sequence; those that never came back are not there. */
  readonly #counts = new Map<Lane, Map<number, number>>()
  readonly #defaultDeliveryLimit: number

  /** How often a message may come back, if neither arguments nor policies say it. */
  constructor(parts: ClassicQueueParts, defaultDeliveryLimit: number = Number.POSITIVE_INFINITY) {
    const hasTwo = parts.properties.priorityLevels === 2
    super({ ...parts, keepsTransient: true, ...(hasTwo ? { levelOf: highOrNormal } : {}) })
    this.#defaultDeliveryLimit = defaultDeliveryLimit
  }

  override acknowledge(places: readonly Place[]): void {
    super.acknowledge(places)
    if (this.#counts.size > 0) for (const place of places) this.#forget(place)
  }

  override requeue(places: readonly Place[]): void {
    const limit = this.settings.deliveryLimit ?? this.#defaultDeliveryLimit
    const back: Place[] = []
    const poison: Place[] = []
    for (const place of places) {
      const count = (this.#countOf(place) ?? 0) + 1
      this.#setCount(place, count)
      if (count > limit) poison.push(place)
      else back.push(place)
    }
    if (poison.length > 0) this.giveUp(poison, 'delivery_limit')
    super.requeue(back)
  }

  override get(noAck: boolean): QueuedMessage | undefined {
    if (this.singleActiveConsumer) throw getFromSingleActive(this.name, this.vhostName)
    const taken = super.get(noAck)
    if (taken === undefined) return undefined
    // Deliveries have no count before there is one.
    const count = this.#countOf(taken) ?? 0
    if (noAck) this.#forget(taken)
    return { ...taken, sent: withDeliveryCount(taken.message, count) }
  }

  override purge(): number {
    const count = super.purge()
    if (this.unackedCount === 0) this.#counts.clear()
    return count
  }

  override delete(): void {
    this.#counts.clear()
    super.delete()
  }

  protected override deliver(
    consumer: QueueConsumer,
    message: Message,
    sequence: number,
    redelivered: boolean,
  ): void {
    const place = { message, sequence }
    const count = this.#countOf(place)
    const sent = count === undefined ? message : withDeliveryCount(message, count)
    consumer.deliver(message, sequence, redelivered, sent)
    if (consumer.noAck) this.#forget(place)
  }

  protected override drop(place: Place, reason: DeadLetterReason): void {
    this.#forget(place)
    super.drop(place, reason)
  }

  protected override deliveryCountOf(place: Place): number | undefined {
    return this.#countOf(place)
  }

  protected override left(place: Place): void {
    this.#forget(place)
    super.left(place)
  }

  #countOf({ message, sequence }: Place): number | undefined {
    if (this.#counts.size === 0) return undefined
    return this.#counts.get(this.laneOf(message))?.get(sequence)
  }

  #setCount({ message, sequence }: Place, count: number): void {
    const lane = this.laneOf(message)
    const counts = this.#counts.get(lane) ?? new Map<number, number>()
    this.#counts.set(lane, counts.set(sequence, count))
  }

  #forget({ message, sequence }: Place): void {
    if (this.#counts.size === 0) return
    const lane = this.laneOf(message)
    const counts = this.#counts.get(lane)
    counts?.delete(sequence)
    if (counts?.size === 0) this.#counts.delete(lane)
  }
}
