import { allNodes } from '../all-nodes.ts'
import type { Call } from '../call.ts'
import { hasRight } from '../rights.ts'
import { exchangeTypesJson } from './node-json.ts'

/** The broker, or the whole cluster, at one glance, as far as the user may see it. */
export async function overviewJson(call: Call): Promise<object> {
  const { broker } = call
  const { nodeName: node } = broker
  const vhosts = call.visibleVhosts()
  const connections = [...broker.connections].filter(
    ({ session }) => session !== undefined && call.maySeeOf(session.user.name),
  )
  const channelCounts = connections.map(({ channelCount }) => channelCount)
  const sum = (counts: readonly number[]): number => counts.reduce((total, one) => total + one, 0)
  const queues = vhosts.flatMap((vhost) => [...vhost.queues.values()])
  const isAll = hasRight(call.user, 'monitoring')
  const nodes = (await allNodes(call)).filter(({ isRunning }) => isRunning)
  const facts = nodes.flatMap((known) => known.facts ?? [])
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
      // Of the connections of other nodes only the number is known.
      channels: sum(isAll ? facts.map((one) => one.channels) : channelCounts),
      connections: isAll ? sum(facts.map((one) => one.connections)) : connections.length,
      consumers: sum(queues.map(({ consumerCount }) => consumerCount)),
      exchanges: sum(vhosts.map(({ exchanges }) => [...exchanges.values()].length)),
      queues: queues.length,
    },
    statistics_db_event_queue: 0,
    node,
    listeners: facts.flatMap(({ listeners }) => listeners),
    contexts: facts.flatMap(({ contexts }) => contexts),
  }
}
