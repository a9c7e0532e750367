import { COMPAT_PROFILES, type CompatProfile } from '../config/compat.ts'
import type { QueuePlace } from '../definitions/definition.ts'
import type { QueueLog } from '../message-log/queue-log.ts'
import type { TicketSource } from '../message-log/ticket-source.ts'
import { ClassicQueue } from '../queue/classic-queue.ts'
import type { Queue, QueueEvents, QueueProperties } from '../queue/queue.ts'
import { memoryOnly, type QueueStorage } from '../queue/queue-storage.ts'
import { QuorumQueue } from '../queue/quorum-queue.ts'
import { StreamQueue } from '../stream/stream-queue.ts'

/** What a queue is made of. */
export interface NewQueue {
  readonly name: string
  readonly vhostName: string
  readonly properties: QueueProperties
  readonly events: QueueEvents
  /**
   * What the message log and other nodes know it by, null where it is neither stored nor told; further
   * priorities have the ids that follow.
   */
  readonly id: number | null
  /** Where it is in a cluster; undefined for a broker alone. */
  readonly place: QueuePlace | undefined
}

export type QueueFactory = (queue: NewQueue) => Queue

/** Of each type. They share what a broker has to keep messages in; by default that is memory. */
export function queueFactory(
  storage: QueueStorage = memoryOnly(),
  queueLog: (id: number) => QueueLog | null = () => null,
  tickets: TicketSource | null = null,
  profile: CompatProfile = COMPAT_PROFILES.lenient,
): QueueFactory {
  return ({ name, vhostName, properties, events, id }) => {
    const logOf = (priority: number): QueueLog | null =>
      id === null ? null : queueLog(id + priority)
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
