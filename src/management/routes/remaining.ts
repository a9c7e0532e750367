import { hashPassword } from '../../auth/password-hash.ts'
import { type Answer, found, list, NO_CONTENT } from '../answer.ts'
import type { Call } from '../call.ts'
import { notImplemented } from '../http-error.ts'
import type { ManagedBroker } from '../managed-broker.ts'
import { type Route, routes } from '../route.ts'
import { assertThisNode } from '../this-node.ts'

/** What tools ask for that has little to say here: lists of what there is none of. */
export const REMAINING: readonly Route[] = [
  ...routes('administrator', {
    'GET /auth/hash_password/:password': (call) =>
      found({ ok: hashPassword(call.param('password')) }),
    'GET /auth/attempts/:node': (call) => {
      assertThisNode(call)
      return list([attemptsJson(call.broker)])
    },
    'GET /auth/attempts/:node/source': (call) => {
      assertThisNode(call)
      return list([])
    },
    // Totals only grow, so there is nothing to be reset.
    'DELETE /auth/attempts/:node': keepTotals,
    'DELETE /auth/attempts/:node/source': keepTotals,
    'DELETE /reset': () => NO_CONTENT,
    'DELETE /reset/:node': keepTotals,
  }),
  ...routes('monitoring', {
    'GET /shovels': () => list([]),
    'GET /shovels/:vhost': () => list([]),
    'GET /federation-links': () => list([]),
    'GET /federation-links/:vhost': () => list([]),
    'GET /stream/connections': () => list([]),
    'GET /stream/connections/:vhost': () => list([]),
    'GET /stream/publishers': () => list([]),
    'GET /stream/publishers/:vhost': () => list([]),
    'GET /stream/consumers': () => list([]),
    'GET /stream/consumers/:vhost': () => list([]),
    'GET /queues/quorum/:vhost/:name/status': () => list([]),
  }),
  ...routes('administrator', {
    'GET /config/effective': () => found({}),
    'POST /queues/quorum/:vhost/:name/replicas/add': noReplicas,
    'DELETE /queues/quorum/:vhost/:name/replicas/delete': noReplicas,
    'POST /queues/quorum/replicas/on/:node/grow': noReplicas,
    'DELETE /queues/quorum/replicas/on/:node/shrink': noReplicas,
    'POST /vhosts/:vhost/deletion/protection': () => {
      throw notImplemented('Virtual hosts cannot be protected from deletion')
    },
    // None is protected.
    'DELETE /vhosts/:vhost/deletion/protection': () => NO_CONTENT,
  }),
]

function noReplicas(): never {
  throw notImplemented('On a node alone, queues have no replicas')
}

function keepTotals(call: Call): Answer {
  assertThisNode(call)
  return NO_CONTENT
}

/** How often clients of AMQP have tried to log in. */
function attemptsJson({ happenings }: ManagedBroker): object {
  const succeeded = happenings.countOf('user.authentication.success')
  const failed = happenings.countOf('user.authentication.failure')
  return {
    protocol: 'amqp091',
    auth_attempts: succeeded + failed,
    auth_attempts_failed: failed,
    auth_attempts_succeeded: succeeded,
  }
}
