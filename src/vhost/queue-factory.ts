import { ClassicQueue } from '../queue/classic-queue.ts'
import type { Queue, QueueEvents, QueueProperties } from '../queue/queue.ts'

/** Makes a queue; `durableId` is what the message log knows it by, null when it is not to. */
export type QueueFactory = (
  name: string,
  vhostName: string,
  properties: QueueProperties,
  events: QueueEvents,
  durableId: number | null,
) => Queue

/** A queue in memory, whatever it was declared as. */
export const createClassicQueue: QueueFactory = (name, vhostName, properties, events) =>
  new ClassicQueue(name, vhostName, properties, events)
