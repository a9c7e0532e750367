// All topics there are.

import { configuredLimits } from './configured/limits.ts'
import { restartedDefinitions } from './restarts/definitions.ts'
import { restartedMessages } from './restarts/messages.ts'
import { restartedQueueTypes } from './restarts/queue-types.ts'
import type { RestartTopic } from './restarts/restart.ts'
import { access } from './scenarios/access.ts'
import { alternateExchanges } from './scenarios/alternate-exchanges.ts'
import { bindings } from './scenarios/bindings.ts'
import { channels } from './scenarios/channels.ts'
import { confirms } from './scenarios/confirms.ts'
import { consuming } from './scenarios/consuming.ts'
import { deadLettering } from './scenarios/dead-lettering.ts'
import { deathChains } from './scenarios/death-chains.ts'
import { deleting } from './scenarios/deleting.ts'
import { directReplyTo } from './scenarios/direct-reply-to.ts'
import { exchanges } from './scenarios/exchanges.ts'
import { exclusiveQueues } from './scenarios/exclusive-queues.ts'
import { expiring } from './scenarios/expiring.ts'
import { firstMistakes } from './scenarios/first-mistakes.ts'
import { framing } from './scenarios/framing.ts'
import { getting } from './scenarios/getting.ts'
import { handshakes } from './scenarios/handshakes.ts'
import { headersRouting } from './scenarios/headers-routing.ts'
import { limits } from './scenarios/limits.ts'
import { pluginExchanges } from './scenarios/plugin-exchanges.ts'
import { policies } from './scenarios/policies.ts'
import { priorities } from './scenarios/priorities.ts'
import { publishing } from './scenarios/publishing.ts'
import { queueArguments } from './scenarios/queue-arguments.ts'
import { queueDeclare } from './scenarios/queue-declare.ts'
import { quorumQueues } from './scenarios/quorum-queues.ts'
import { randomSequences } from './scenarios/random-sequences.ts'
import { routing } from './scenarios/routing.ts'
import { streams } from './scenarios/streams.ts'
import { transactions } from './scenarios/transactions.ts'
import type { Topic } from './stage/stage.ts'

export const CATALOGUE: readonly Topic[] = [
  handshakes,
  framing,
  channels,
  queueDeclare,
  queueArguments,
  exclusiveQueues,
  deleting,
  bindings,
  exchanges,
  alternateExchanges,
  routing,
  headersRouting,
  publishing,
  confirms,
  getting,
  consuming,
  transactions,
  expiring,
  limits,
  deadLettering,
  deathChains,
  priorities,
  quorumQueues,
  streams,
  directReplyTo,
  pluginExchanges,
  policies,
  access,
  firstMistakes,
  randomSequences,
]

/** Those that need a broker with settings of its own. */
export const CONFIGURED: readonly Topic[] = [configuredLimits]

/** Those with a restart in the middle. */
export const RESTARTS: readonly RestartTopic[] = [
  restartedDefinitions,
  restartedMessages,
  restartedQueueTypes,
]
