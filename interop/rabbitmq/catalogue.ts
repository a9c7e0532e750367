// All topics there are.

import { alternateExchanges } from './scenarios/alternate-exchanges.ts'
import { bindings } from './scenarios/bindings.ts'
import { exchanges } from './scenarios/exchanges.ts'
import { exclusiveQueues } from './scenarios/exclusive-queues.ts'
import { queueArguments } from './scenarios/queue-arguments.ts'
import { queueDeclare } from './scenarios/queue-declare.ts'
import type { Topic } from './stage/stage.ts'

export const CATALOGUE: readonly Topic[] = [
  queueDeclare,
  queueArguments,
  exclusiveQueues,
  bindings,
  exchanges,
  alternateExchanges,
]
