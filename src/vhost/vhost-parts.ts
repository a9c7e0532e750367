import type { Clock } from '../base/clock.ts'
import type { Happenings } from '../base/happenings.ts'
import type { Logger } from '../base/logger.ts'
import type { Turn } from '../base/turn.ts'
import type { CompatProfile } from '../config/compat.ts'
import type { DefinitionStore } from '../definitions/definition-store.ts'
import type { TicketSource } from '../message-log/ticket-source.ts'
import type { DelayQueueFactory } from './delay-queue-factory.ts'
import type { QueueFactory } from './queue-factory.ts'

/** What a vhost is made with where that is not a memory of its own. */
export interface VhostParts {
  readonly definitions?: DefinitionStore
  readonly createQueue?: QueueFactory
  readonly createDelayQueue?: DelayQueueFactory
  /** Those of publishes to queues that may be on other nodes. */
  readonly tickets?: TicketSource | null | undefined
  readonly clock?: Clock
  readonly profile?: CompatProfile
  readonly logger?: Logger
  readonly turn?: Turn
  /** What the broker is called. */
  readonly node?: string
  readonly happenings?: Happenings
}
