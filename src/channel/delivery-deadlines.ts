import type { CompatProfile } from '../config/compat.ts'
import { deliveryTimedOut } from '../reasons.ts'
import type { ChannelConsumer } from './channel-consumer.ts'
import { DeliveryAges } from './delivery-ages.ts'
import type { UnackedList } from './unacked-list.ts'

/** What is asked of a channel about its deliveries. */
interface DeadlineChannel {
  readonly number: number
  readonly context: {
    readonly profile: CompatProfile
    readonly consumerTimeoutMs: number
    readonly cancelNotify: boolean
  }
  readonly unacked: UnackedList
  /** Of the consumers' queues that have their own. */
  readonly consumers: { readonly leastTimeoutMs: number }
  /** The consumer is to be one no longer, and what it has not acknowledged goes to others. */
  takeBackFrom(consumer: ChannelConsumer): void
}

/** How long a channel's deliveries may be unacknowledged, and what comes of it when they are for longer. */
export class DeliveryDeadlines {
  readonly #channel: DeadlineChannel
  readonly #ages = new DeliveryAges()

  constructor(channel: DeadlineChannel) {
    this.#channel = channel
  }

  /**
   * Throws 406 when a delivery has been unacknowledged for too long; or, where the profile has it so, cancels
   * its consumer.
   */
  check(nowMs: number, lastDeliveryTag: number): void {
    const { number, context, unacked, consumers } = this.#channel
    const { first } = unacked
    if (first === undefined) return
    const limit = context.consumerTimeoutMs || Number.POSITIVE_INFINITY
    const least = Math.min(limit, consumers.leastTimeoutMs)
    if (least === Number.POSITIVE_INFINITY) return
    this.#ages.mark(lastDeliveryTag, nowMs, least)
    this.#ages.forgetBefore(first.deliveryTag)
    const overdueTag = this.#ages.lastBefore(nowMs - least)
    const isForAll = context.profile.consumerTimeoutScope === 'all'
    for (const { deliveryTag, queue, consumer } of unacked) {
      if (deliveryTag > overdueTag) return
      if (!isForAll && queue.type !== 'quorum') continue
      const own = queue.consumerTimeoutMs ?? limit
      const isOverdue = deliveryTag <= this.#ages.lastBefore(nowMs - own)
      if (!isOverdue) continue
      const isCancelled = !isForAll && consumer !== null && context.cancelNotify
      if (!isCancelled) throw deliveryTimedOut(number, own)
      this.#channel.takeBackFrom(consumer)
      return
    }
  }
}
