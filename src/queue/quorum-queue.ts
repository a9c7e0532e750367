import { withDeliveryCount } from '../message/delivery-count.ts'
import type { Message } from '../message/message.ts'
import { getFromSingleActive } from '../reasons.ts'
import { ClassicQueue, type ClassicQueueParts } from './classic-queue.ts'
import type { DeadLetterReason, Place, QueueConsumer, QueuedMessage } from './queue.ts'

/**
 * A queue that counts how often each message came back: consumers are told in `x-delivery-count`, and
 * one that came back too often is dropped. It keeps transient messages like persistent ones. On one node,
 * which is all there is here, nothing else sets it apart from a classic queue.
 * https://www.rabbitmq.com/docs/quorum-queues#poison-message-handling
 */
export class QuorumQueue extends ClassicQueue {
  override readonly type = 'quorum'
  /** By sequence; those that never came back are not there. */
  readonly #counts = new Map<number, number>()
  readonly #defaultDeliveryLimit: number

  /** How often a message may come back, if neither arguments nor policies say it. */
  constructor(parts: ClassicQueueParts, defaultDeliveryLimit: number = Number.POSITIVE_INFINITY) {
    super({ ...parts, keepsTransient: true })
    this.#defaultDeliveryLimit = defaultDeliveryLimit
  }

  override acknowledge(places: readonly Place[]): void {
    super.acknowledge(places)
    if (this.#counts.size > 0) for (const { sequence } of places) this.#counts.delete(sequence)
  }

  override requeue(places: readonly Place[]): void {
    const limit = this.settings.deliveryLimit ?? this.#defaultDeliveryLimit
    const back: Place[] = []
    const poison: Place[] = []
    for (const place of places) {
      const count = (this.#counts.get(place.sequence) ?? 0) + 1
      this.#counts.set(place.sequence, count)
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
    const count = this.#counts.get(taken.sequence) ?? 0
    if (noAck) this.#counts.delete(taken.sequence)
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
    consumer.deliver(message, sequence, redelivered, this.#counted(message, sequence))
    if (consumer.noAck && this.#counts.size > 0) this.#counts.delete(sequence)
  }

  protected override drop(place: Place, reason: DeadLetterReason): void {
    this.#counts.delete(place.sequence)
    super.drop(place, reason)
  }

  #counted(message: Message, sequence: number): Message {
    const count = this.#counts.get(sequence)
    return count === undefined ? message : withDeliveryCount(message, count)
  }
}
