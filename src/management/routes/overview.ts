import { found, list, NO_CONTENT } from '../answer.ts'
import { badRequest } from '../http-error.ts'
import { overviewJson } from '../json/overview-json.ts'
import { type Route, routes } from '../route.ts'

/** What clients of RabbitMQ take for granted, and what is so here: see the feature flags of 4.x. */
const FEATURE_FLAGS = [
  'classic_mirrored_queue_version',
  'classic_queue_type_delivery_support',
  'detailed_queues_endpoint',
  'direct_exchange_routing_v2',
  'drop_unroutable_metric',
  'empty_basic_get_metric',
  'feature_flags_v2',
  'implicit_default_bindings',
  'maintenance_mode_status',
  'message_containers',
  'quorum_queue',
  'quorum_queue_non_voters',
  'stream_filtering',
  'stream_queue',
  'stream_single_active_consumer',
  'user_limits',
  'virtual_host_metadata',
]

/** As versions have said it one after the other. */
const NO_OAUTH = { oauth_enabled: false, enable_uaa: false, uaa_client_id: '', uaa_location: '' }

/** What each node knows for itself. */
const OF_NODES = ['message_stats', 'churn_rates', 'object_totals', 'listeners', 'contexts']

export const OVERVIEW: readonly Route[] = [
  ...routes(
    'management',
    { 'GET /overview': async (call) => found(await overviewJson(call)) },
    { place: { together: OF_NODES } },
  ),
  ...routes('management', {
    'GET /version': ({ broker }) => found(broker.version),
    'GET /cluster-name': ({ broker }) => found({ name: broker.clusterName }),
    'GET /extensions': () => found([]),
    'GET /auth': () => found(NO_OAUTH),
    'GET /deprecated-features': () => list([]),
    'GET /deprecated-features/used': () => list([]),
    'GET /feature-flags': () => list(FEATURE_FLAGS.map(featureFlag)),
  }),
  ...routes('administrator', {
    'PUT /cluster-name': async ({ broker, body }) => {
      await broker.administration.globalParameters.put('cluster_name', body.text('name'))
      return NO_CONTENT
    },
    // Of one node, nothing can be moved to others.
    'POST /rebalance/queues': () => NO_CONTENT,
    'PUT /feature-flags/:name/enable': (call) => {
      if (FEATURE_FLAGS.includes(call.param('name'))) return NO_CONTENT
      throw badRequest('unsupported')
    },
  }),
]

const featureFlag = (name: string): object => ({
  name,
  desc: '',
  doc_url: '',
  state: 'enabled',
  stability: 'stable',
  provided_by: 'rabbit',
})
