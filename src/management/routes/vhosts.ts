import type { Vhost } from '../../vhost/vhost.ts'
import { found, list, NO_CONTENT, put } from '../answer.ts'
import type { Call } from '../call.ts'
import { badRequest } from '../http-error.ts'
import { vhostJson } from '../json/vhost-json.ts'
import { type Route, routes } from '../route.ts'
import { vhostSettings } from '../vhost-settings.ts'

/** What of a virtual host each node knows for itself. */
const OF_CLIENTS = [
  'message_stats',
  'recv_oct',
  'recv_oct_details',
  'send_oct',
  'send_oct_details',
  'cluster_state',
]

export const VHOSTS: readonly Route[] = [
  ...routes(
    'management',
    {
      'GET /vhosts': (call) => list(call.visibleVhosts().map((vhost) => shown(call, vhost))),
      'GET /vhosts/:vhost': (call) => {
        call.assertVhostAccess(true)
        return found(shown(call, call.vhost))
      },
    },
    { place: { together: OF_CLIENTS } },
  ),
  ...routes('administrator', {
    'PUT /vhosts/:vhost': async (call) => {
      const { vhosts, permissions } = call.broker.administration
      const name = call.param('vhost')
      const isNew = vhosts.find(name) === undefined
      const isTraced = call.body.has('tracing') ? call.body.flag('tracing') : undefined
      await vhosts.put(name, vhostSettings(call.body))
      if (isTraced !== undefined) vhosts.trace(name, isTraced)
      if (isNew) {
        const everything = { configure: '.*', write: '.*', read: '.*' }
        await permissions.put({ user: call.user.name, vhost: name, ...everything })
      }
      return put(isNew)
    },
    'DELETE /vhosts/:vhost': async (call) => {
      await call.broker.administration.vhosts.delete(call.vhost.name)
      return NO_CONTENT
    },
    // It runs from the time that it is there.
    'POST /vhosts/:vhost/start/:node': (call) => {
      const node = call.param('node')
      if (node === call.broker.nodeName) return NO_CONTENT
      throw badRequest(`Request to node ${node} failed with nodedown`)
    },
  }),
]

function shown(call: Call, vhost: Vhost): object {
  const { administration, nodeName } = call.broker
  const definition = administration.vhosts.get(vhost.name)
  const state = { nodeName, isTraced: administration.vhosts.isTraced(vhost.name) }
  return { ...vhostJson(definition, state), ...call.statisticsOf(vhost) }
}
