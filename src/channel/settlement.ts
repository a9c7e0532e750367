import type { Queue } from '../queue/queue.ts'
import type { QueueCounts } from '../queue/queue-counts.ts'
import type { ChannelConsumer } from './channel-consumer.ts'
import type { Delivery } from './delivery.ts'

/** What becomes of deliveries: theirs for good, dropped, or back to the queue. */
export type Settlement = 'acknowledge' | 'reject' | 'requeue'

/** Whose deliveries they were. */
interface Settler {
  /** What it has got from that queue. */
  countsOf(queue: Queue): QueueCounts
}

/**
 * Gives settled deliveries back to their queues, a batch a queue, and their credit to their
 * consumers. Credit comes first: what is requeued may go to the very consumer that gave it back.
 */
export function settle(
  deliveries: readonly Delivery[],
  settlement: Settlement,
  settler: Settler,
): void {
  if (deliveries.length === 0) return
  const { queue, consumer } = deliveries[0] as Delivery
  for (let index = 0; index < deliveries.length; index++) {
    const delivery = deliveries[index] as Delivery
    delivery.consumer?.returnCredit()
    if (delivery.queue !== queue || delivery.consumer !== consumer) {
      for (let rest = index + 1; rest < deliveries.length; rest++) {
        ;(deliveries[rest] as Delivery).consumer?.returnCredit()
      }
      settleMixed(deliveries, settlement, settler)
      return
    }
  }
  // Nearly always all are one consumer's.
  if (settlement === 'acknowledge') {
    countAcknowledged(deliveries.length, queue, consumer?.counts ?? settler.countsOf(queue))
  }
  give(queue, deliveries, settlement)
  if (consumer !== null) queue.resume(consumer)
}

function settleMixed(
  deliveries: readonly Delivery[],
  settlement: Settlement,
  settler: Settler,
): void {
  const byQueue = new Map<Queue, Delivery[]>()
  const consumers = new Set<ChannelConsumer>()
  for (const delivery of deliveries) {
    const batch = byQueue.get(delivery.queue)
    if (batch === undefined) byQueue.set(delivery.queue, [delivery])
    else batch.push(delivery)
    if (delivery.consumer !== null) consumers.add(delivery.consumer)
  }
  for (const [queue, batch] of byQueue) {
    if (settlement === 'acknowledge') {
      countAcknowledged(batch.length, queue, settler.countsOf(queue))
    }
    give(queue, batch, settlement)
  }
  for (const consumer of consumers) consumer.queue.resume(consumer)
}

function countAcknowledged(count: number, { counts }: Queue, own: QueueCounts): void {
  counts.acknowledged += count
  own.acknowledged += count
}

function give(queue: Queue, deliveries: readonly Delivery[], settlement: Settlement): void {
  switch (settlement) {
    case 'acknowledge':
      queue.acknowledge(deliveries)
      break
    case 'reject':
      queue.reject(deliveries)
      break
    case 'requeue':
      queue.requeue(deliveries)
      break
    default:
      settlement satisfies never
  }
}
