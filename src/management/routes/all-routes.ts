import type { Route } from '../route.ts'
import { BINDINGS } from './bindings.ts'
import { CLUSTER } from './cluster.ts'
import { CHANNELS, CONNECTIONS, CONSUMERS } from './connections.ts'
import { DEFINITIONS } from './definitions.ts'
import { EXCHANGES } from './exchanges.ts'
import { EXPLANATIONS } from './explanations.ts'
import { HEALTH } from './health.ts'
import { LIMITS } from './limits.ts'
import { MESSAGES } from './messages.ts'
import { MESSAGES_IN_QUEUES } from './messages-in-queues.ts'
import { MESSAGES_MOVING } from './messages-moving.ts'
import { NODES } from './nodes.ts'
import { OVERVIEW } from './overview.ts'
import { PARAMETERS } from './parameters.ts'
import { PERMISSIONS } from './permissions.ts'
import { POLICIES } from './policies.ts'
import { QUEUES } from './queues.ts'
import { REMAINING } from './remaining.ts'
import { USERS } from './users.ts'
import { VHOSTS } from './vhosts.ts'

/** Everything that the API answers. */
export const ROUTES: readonly Route[] = [
  ...OVERVIEW,
  ...NODES,
  ...CLUSTER,
  ...HEALTH,
  ...VHOSTS,
  ...USERS,
  ...PERMISSIONS,
  ...POLICIES,
  ...PARAMETERS,
  ...LIMITS,
  ...EXCHANGES,
  ...EXPLANATIONS,
  ...QUEUES,
  ...BINDINGS,
  ...MESSAGES,
  ...MESSAGES_IN_QUEUES,
  ...MESSAGES_MOVING,
  ...CONNECTIONS,
  ...CHANNELS,
  ...CONSUMERS,
  ...DEFINITIONS,
  ...REMAINING,
]
