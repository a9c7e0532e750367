import type { Queue } from '../../queue/queue.ts'
import type { Vhost } from '../../vhost/vhost.ts'
import { diskFreeBytes } from '../disk-free.ts'
import { totalsOf } from '../json/queue-totals.ts'
import type { ManagedBroker } from '../managed-broker.ts'
import type { Statistics } from '../statistics/statistics.ts'
import type { Metric } from './exposition.ts'

/**
 * What RabbitMQ's plugin tells Prometheus, under its names, so that boards made for it work. Figures of
 * queues are added up, or one each (`perObject`). https://www.rabbitmq.com/docs/prometheus
 */
export async function metricsOf(
  broker: ManagedBroker,
  statistics: Statistics,
  perObject: boolean,
): Promise<Metric[]> {
  const { administration } = broker
  const vhosts = administration.vhosts
    .list()
    .flatMap(({ name }) => administration.findVhost(name) ?? [])
  const queues = vhosts.flatMap((vhost) => [...vhost.queues.values()])
  return [
    ...identity(broker),
    ...objects(broker, queues),
    ...(perObject ? eachQueue(queues) : allQueues(queues)),
    ...messages(statistics, vhosts),
    ...(await resources(broker)),
  ]
}

const gauge = (name: string, help: string, value: number): Metric => ({
  name,
  type: 'gauge',
  help,
  values: [[{}, value]],
})

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
  return [
    {
      name: 'rabbitmq_build_info',
      type: 'untyped',
      help: 'Version of the broker',
      values: [[build, 1]],
    },
    {
      name: 'rabbitmq_identity_info',
      type: 'untyped',
      help: 'Node and cluster',
      values: [[node, 1]],
    },
  ]
}

function objects({ connections }: ManagedBroker, queues: readonly Queue[]): Metric[] {
  let channels = 0
  for (const { channelCount } of connections) channels += channelCount
  const consumers = queues.reduce((sum, { consumerCount }) => sum + consumerCount, 0)
  return [
    gauge('rabbitmq_connections', 'Connections currently open', connections.size),
    gauge('rabbitmq_channels', 'Channels currently open', channels),
    gauge('rabbitmq_consumers', 'Consumers currently connected', consumers),
    gauge('rabbitmq_queues', 'Queues available', queues.length),
  ]
}

/** What is told of queues: the name, what it is, and how it is read. */
const QUEUE_GAUGES: readonly (readonly [string, string, (queue: Queue) => number])[] = [
  [
    'rabbitmq_queue_messages_ready',
    'Messages ready to be delivered to consumers',
    (queue) => totalsOf(queue).messages_ready,
  ],
  [
    'rabbitmq_queue_messages_unacked',
    'Messages delivered to consumers but not yet acknowledged',
    (queue) => totalsOf(queue).messages_unacknowledged,
  ],
  [
    'rabbitmq_queue_messages',
    'Sum of ready and unacknowledged messages',
    (queue) => totalsOf(queue).messages,
  ],
  ['rabbitmq_queue_consumers', 'Consumers on a queue', ({ consumerCount }) => consumerCount],
]

function allQueues(queues: readonly Queue[]): Metric[] {
  return QUEUE_GAUGES.map(([name, help, read]) =>
    gauge(
      name,
      help,
      queues.reduce((sum, queue) => sum + read(queue), 0),
    ),
  )
}

function eachQueue(queues: readonly Queue[]): Metric[] {
  return QUEUE_GAUGES.map(([name, help, read]) => ({
    name,
    help,
    type: 'gauge',
    values: queues.map((queue) => [{ vhost: queue.vhostName, queue: queue.name }, read(queue)]),
  }))
}

function messages(statistics: Statistics, vhosts: readonly Vhost[]): Metric[] {
  const counts = statistics.countsOf(vhosts)
  const routed = counts.published - counts.dropped - counts.returned
  const delivered = counts.delivered + counts.deliveredNoAck + counts.got + counts.gotNoAck
  const total = (name: string, help: string, value: number): Metric => ({
    name: `rabbitmq_global_messages_${name}_total`,
    type: 'counter',
    help,
    values: [[{ protocol: 'amqp091' }, value]],
  })
  return [
    total('received', 'Messages received from publishers', counts.published),
    total('confirmed', 'Messages confirmed to publishers', counts.confirmed),
    total('routed', 'Messages that went to at least one queue', routed),
    total('unroutable_dropped', 'Messages dropped, for no queue wanted them', counts.dropped),
    total('unroutable_returned', 'Messages returned, for no queue wanted them', counts.returned),
    total('delivered', 'Messages delivered to consumers', delivered),
    total('acknowledged', 'Messages acknowledged by consumers', counts.acknowledged),
    total('redelivered', 'Messages delivered again', counts.redelivered),
  ]
}

async function resources(broker: ManagedBroker): Promise<Metric[]> {
  const { alarms, machine } = broker
  const { residentBytes } = machine.memoryUse()
  return [
    gauge('rabbitmq_process_resident_memory_bytes', 'Memory used in bytes', residentBytes),
    gauge(
      'rabbitmq_resident_memory_limit_bytes',
      'Memory high watermark in bytes',
      broker.memoryLimitBytes,
    ),
    gauge(
      'rabbitmq_disk_space_available_bytes',
      'Disk space available in bytes',
      (await diskFreeBytes(broker)) ?? 0,
    ),
    gauge(
      'rabbitmq_disk_space_available_limit_bytes',
      'Free disk space low watermark in bytes',
      broker.diskFreeLimitBytes,
    ),
    gauge(
      'rabbitmq_alarms_memory_used_watermark',
      'is 1 if VM memory watermark alarm is in effect',
      Number(alarms.includes('memory')),
    ),
    gauge(
      'rabbitmq_alarms_free_disk_space_watermark',
      'is 1 if free disk space watermark alarm is in effect',
      Number(alarms.includes('disk')),
    ),
  ]
}
