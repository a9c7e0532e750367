import type { QueueLog } from '../message-log/queue-log.ts'
import type { QueueEvents, QueueProperties } from './queue.ts'
import type { QueueStorage } from './queue-storage.ts'

/** What a queue keeps of each of its priorities, the lowest being 0. */
export type LogOfPriority = (priority: number) => QueueLog | null

export interface ClassicQueueParts {
  readonly name: string
  readonly vhostName: string
  readonly properties: QueueProperties
  readonly events: QueueEvents
  /** In memory, unless it is given. */
  readonly storage?: QueueStorage
  /** Nothing of it outlives the process, unless it is given. */
  readonly logOf?: LogOfPriority
  /** Which of so many levels a message's priority is, if that is not the priority itself. */
  readonly levelOf?: (priority: number, levels: number) => number
  /** Its log is told of transient messages as well. */
  readonly keepsTransient?: boolean
  /** Others may hold what is in it, and claim that: nothing is dropped unasked before `begin`. */
  readonly awaitsClaims?: boolean
}
