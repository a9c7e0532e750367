import type { Clock } from '../base/clock.ts'
import { systemClock } from '../base/clock.ts'
import { type Logger, silentLogger } from '../base/logger.ts'
import { MessageBudget } from './message-budget.ts'
import type { Spill } from './spill.ts'

/** Where the queues of a broker put messages that are not to be had in memory. */
export interface QueueStorage {
  readonly budget: MessageBudget
  /** Null when everything stays in memory. */
  readonly spill: Spill | null
  readonly clock: Clock
  readonly logger: Logger
}

/** Everything in memory, as much as there is of it. */
export function memoryOnly(): QueueStorage {
  return {
    budget: new MessageBudget(Number.POSITIVE_INFINITY),
    spill: null,
    clock: systemClock,
    logger: silentLogger,
  }
}
