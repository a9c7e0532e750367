import type { ManagedBroker } from '../managed-broker.ts'
import type { Statistics } from '../statistics/statistics.ts'
import type { Metric } from './exposition.ts'
import { FAMILIES } from './families.ts'
import { ofOne, summed } from './family.ts'
import { globalCounters } from './global-counters.ts'
import { type View, viewOf } from './view.ts'

const PREFIX = 'rabbitmq_'

/** Which families are wanted, and of which virtual hosts; without any, of all. */
export interface Wanted {
  readonly families: readonly string[]
  readonly vhosts: readonly string[] | undefined
}

/**
 * What RabbitMQ's plugin tells Prometheus, under its names, so that boards made for it work: one figure for
 * all things of a kind, or one each. https://www.rabbitmq.com/docs/prometheus
 */
export async function metricsOf(
  broker: ManagedBroker,
  statistics: Statistics,
  perObject: boolean,
): Promise<Metric[]> {
  const view = viewOf(broker, statistics)
  const shown = perObject ? (metric: Metric): Metric => metric : summed
  const families = FAMILIES.filter(({ clusterWide }) => clusterWide !== true)
  const measured = await Promise.all(families.map(async (family) => family.measure(view)))
  return [
    ...identity(broker),
    ...prefixed(PREFIX, measured.flat().map(shown)),
    ...prefixed(PREFIX, totals(view)),
    ...prefixed(`${PREFIX}alarms_`, alarms(broker)),
    ...prefixed(`${PREFIX}global_`, globalCounters(view)),
  ]
}

/** Only what is asked for by the names of families, one figure for each thing. */
export async function detailedMetricsOf(
  broker: ManagedBroker,
  statistics: Statistics,
  { families, vhosts }: Wanted,
): Promise<Metric[]> {
  const view = viewOf(broker, statistics, vhosts)
  const wanted = FAMILIES.filter(({ name }) => families.includes(name))
  const measured = await Promise.all(
    wanted.map(async ({ measure, clusterWide }) =>
      prefixed(clusterWide ? PREFIX : `${PREFIX}detailed_`, await measure(view)),
    ),
  )
  return [...measured.flat(), ...identity(broker)]
}

const prefixed = (prefix: string, metrics: readonly Metric[]): Metric[] =>
  metrics.map((metric) => ({ ...metric, name: `${prefix}${metric.name}` }))

function identity({ nodeName, clusterName, version, product }: ManagedBroker): Metric[] {
  const node = { rabbitmq_node: nodeName, rabbitmq_cluster: clusterName }
  const build = {
    rabbitmq_version: version,
    prometheus_client_version: '',
    prometheus_plugin_version: version,
    erlang_version: process.versions.node,
    product_name: product,
    product_version: version,
  }
  const one = (name: string, help: string, labels: Record<string, string>): Metric => ({
    name: `${PREFIX}${name}`,
    type: 'untyped',
    help,
    values: [[labels, 1]],
  })
  return [
    one('build_info', 'Version of the broker', build),
    one('identity_info', 'Node and cluster', node),
  ]
}

const totals = (view: View): Metric[] =>
  ofOne(view, [
    ['connections', 'gauge', 'Connections currently open', ({ connections }) => connections.length],
    ['channels', 'gauge', 'Channels currently open', ({ channels }) => channels.length],
    [
      'consumers',
      'gauge',
      'Consumers currently connected',
      ({ queues }) => queues.reduce((sum, { consumerCount }) => sum + consumerCount, 0),
    ],
    ['queues', 'gauge', 'Queues available', ({ queues }) => queues.length],
  ])

const alarms = (broker: ManagedBroker): Metric[] =>
  ofOne(broker, [
    [
      'memory_used_watermark',
      'gauge',
      'is 1 if the memory alarm is in effect',
      (one) => Number(one.alarms.includes('memory')),
    ],
    [
      'free_disk_space_watermark',
      'gauge',
      'is 1 if the alarm of free disk space is in effect',
      (one) => Number(one.alarms.includes('disk')),
    ],
    [
      'file_descriptor_limit',
      'gauge',
      'is 1 if the alarm of file descriptors is in effect',
      () => 0,
    ],
  ])
