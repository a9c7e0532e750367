import type { Call } from '../call.ts'
import { nodeFacts } from '../node-facts.ts'
import { exchangeTypesJson } from './node-json.ts'

/** The broker at one glance, as far as the user may see it; in a cluster, this node's part of it. */
export async function overviewJson(call: Call): Promise<object> {
  const { broker } = call
  const { nodeName: node } = broker
  const vhosts = call.visibleVhosts()
  const connections = [...broker.connections].filter(
    ({ session }) => session !== undefined && call.maySeeOf(session.user.name),
  )
  const sum = (counts: readonly number[]): number => counts.reduce((total, one) => total + one, 0)
  const queues = vhosts.flatMap((vhost) => [...vhost.queues.values()])
  const { listeners, contexts } = await nodeFacts(broker, {})
  const definedTotals = {
    consumers: sum(queues.map(({ consumerCount }) => consumerCount)),
    exchanges: sum(vhosts.map(({ exchanges }) => [...exchanges.values()].length)),
    queues: queues.length,
  }
  const { message_stats = {}, churn_rates = {}, ...queue_totals } = call.statisticsOfAll(vhosts)
  const statistics = { message_stats, queue_totals, churn_rates }
  return {
    management_version: broker.version,
    rabbitmq_version: broker.version,
    product_name: broker.product,
    product_version: broker.version,
    erlang_version: process.versions.node,
    erlang_full_version: `Node.js ${process.versions.node}`,
    rates_mode: 'detailed',
    sample_retention_policies: { global: [600], basic: [600], detailed: [600] },
    exchange_types: exchangeTypesJson,
    release_series_support_status: 'supported',
    disable_stats: false,
    enable_queue_totals: false,
    default_queue_type: 'classic',
    cluster_name: broker.clusterName,
    cluster_tags: {},
    node_tags: {},
    ...statistics,
    object_totals: {
      channels: sum(connections.map(({ channelCount }) => channelCount)),
      connections: connections.length,
      // These are the same on all nodes.
      ...(call.isForwarded ? {} : definedTotals),
    },
    statistics_db_event_queue: 0,
    node,
    listeners,
    contexts,
  }
}
