import { COMPAT_PROFILES, type CompatProfile } from '../config/compat.ts'
import type { QueueLog } from '../message-log/queue-log.ts'
import type { TicketSource } from '../message-log/ticket-source.ts'
import { ClassicQueue } from '../queue/classic-queue.ts'
import type { Queue, QueueEvents, QueueProperties } from '../queue/queue.ts'
import { memoryOnly, type QueueStorage } from '../queue/queue-storage.ts'
import { QuorumQueue } from '../queue/quorum-queue.ts'
import { StreamQueue } from '../stream/stream-queue.ts'

/**
 * Makes a queue. `durableId` is what the message log knows it by, null when it is not to; further
 * priorities have the ids that follow.
 */
export type QueueFactory = (
  name: string,
  vhostName: string,
  properties: QueueProperties,
  events: QueueEvents,
  durableId: number | null,
) => Queue

/** Of each type. They share what a broker has to keep messages in; by default that is memory. */
export function queueFactory(
  storage: QueueStorage = memoryOnly(),
  queueLog: (id: number) => QueueLog | null = () => null,
  tickets: TicketSource | null = null,
  profile: CompatProfile = COMPAT_PROFILES.lenient,
): QueueFactory {
  return (name, vhostName, properties, events, durableId) => {
    const logOf = (priority: number): QueueLog | null =>
      durableId === null ? null : queueLog(durableId + priority)
    const parts = { name, vhostName, properties, events, storage, logOf }
    switch (properties.arguments.get('x-queue-type')?.value) {
      case 'quorum':
        return new QuorumQueue(parts, profile.quorumDeliveryLimit)
      case 'stream':
        return new StreamQueue({ ...parts, log: logOf(0), tickets })
      default:
        return new ClassicQueue(parts)
    }
  }
}
