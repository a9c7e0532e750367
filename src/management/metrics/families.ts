import type { Queue } from '../../queue/queue.ts'
import { diskFreeBytes } from '../disk-free.ts'
import { bytesOf, totalsOf } from '../json/queue-totals.ts'
import type { ManagedBroker } from '../managed-broker.ts'
import { CHANNEL_FAMILIES } from './channel-families.ts'
import { type Family, ofEach, ofOne } from './family.ts'

const ofQueue = ({ name, vhostName }: Queue) => ({ vhost: vhostName, queue: name })
const happened =
  (name: string) =>
  ({ happenings }: ManagedBroker) =>
    happenings.countOf(name)

/** All that is told, family by family. */
export const FAMILIES: readonly Family[] = [
  {
    name: 'connection_churn_metrics',
    measure: ({ broker }) =>
      ofOne(broker, [
        [
          'connections_opened_total',
          'counter',
          'Connections opened',
          happened('connection.created'),
        ],
        [
          'connections_closed_total',
          'counter',
          'Connections closed',
          happened('connection.closed'),
        ],
        ['channels_opened_total', 'counter', 'Channels opened', happened('channel.created')],
        ['channels_closed_total', 'counter', 'Channels closed', happened('channel.closed')],
        ['queues_declared_total', 'counter', 'Queues declared', happened('queue.declared')],
        ['queues_created_total', 'counter', 'Queues created', happened('queue.created')],
        ['queues_deleted_total', 'counter', 'Queues deleted', happened('queue.deleted')],
      ]),
  },
  {
    name: 'node_coarse_metrics',
    measure: async ({ broker }) => {
      const freeBytes = (await diskFreeBytes(broker)) ?? 0
      const { residentBytes } = broker.machine.memoryUse()
      return ofOne(broker, [
        ['process_open_tcp_sockets', 'gauge', 'Open TCP sockets', (one) => one.connections.size],
        ['process_resident_memory_bytes', 'gauge', 'Memory used', () => residentBytes],
        ['disk_space_available_bytes', 'gauge', 'Disk space available', () => freeBytes],
      ])
    },
  },
  {
    name: 'node_metrics',
    measure: ({ broker }) =>
      ofOne(broker, [
        [
          'resident_memory_limit_bytes',
          'gauge',
          'Memory high watermark',
          (one) => one.memoryLimitBytes,
        ],
        [
          'disk_space_available_limit_bytes',
          'gauge',
          'Free disk space low watermark',
          (one) => one.diskFreeLimitBytes,
        ],
        [
          'erlang_uptime_seconds',
          'gauge',
          'Node uptime',
          ({ clock, startedAtMs }) => (clock.wallTime() - startedAtMs) / 1000,
        ],
      ]),
  },
  {
    name: 'connection_coarse_metrics',
    measure: ({ connections }) =>
      ofEach(connections, ({ link }) => ({ connection: link.name }), [
        [
          'connection_incoming_bytes_total',
          'counter',
          'Bytes received on a connection',
          ({ link }) => link.receivedBytes,
        ],
        [
          'connection_outgoing_bytes_total',
          'counter',
          'Bytes sent on a connection',
          ({ link }) => link.sentBytes,
        ],
      ]),
  },
  {
    name: 'connection_metrics',
    measure: ({ connections }) =>
      ofEach(connections, ({ link }) => ({ connection: link.name }), [
        ['connection_channels', 'gauge', 'Channels on a connection', (one) => one.channelCount],
      ]),
  },
  ...CHANNEL_FAMILIES,
  {
    name: 'queue_coarse_metrics',
    measure: ({ queues }) =>
      ofEach(queues, ofQueue, [
        [
          'queue_messages_ready',
          'gauge',
          'Messages ready to be delivered to consumers',
          (queue) => totalsOf(queue).messages_ready,
        ],
        [
          'queue_messages_unacked',
          'gauge',
          'Messages delivered to consumers but not yet acknowledged',
          (queue) => totalsOf(queue).messages_unacknowledged,
        ],
        [
          'queue_messages',
          'gauge',
          'Sum of ready and unacknowledged messages',
          (queue) => totalsOf(queue).messages,
        ],
      ]),
  },
  {
    name: 'queue_consumer_count',
    measure: ({ queues }) =>
      ofEach(queues, ofQueue, [
        ['queue_consumers', 'gauge', 'Consumers on a queue', ({ consumerCount }) => consumerCount],
      ]),
  },
  {
    name: 'queue_metrics',
    measure: ({ queues }) =>
      ofEach(queues, ofQueue, [
        ['queue_messages_ready_bytes', 'gauge', 'Size of messages that are ready', bytesOf],
        [
          'queue_messages_published_total',
          'counter',
          'Messages that came to a queue',
          ({ counts }) => counts.published,
        ],
      ]),
  },
  {
    name: 'vhost_status',
    clusterWide: true,
    measure: ({ vhosts }) =>
      ofEach(vhosts, ({ name }) => ({ vhost: name }), [
        ['cluster_vhost_status', 'gauge', 'Whether a vhost is running', () => 1],
      ]),
  },
  {
    name: 'exchange_bindings',
    clusterWide: true,
    measure: ({ exchanges }) =>
      ofEach(
        exchanges.filter(([, { name }]) => name !== ''),
        ([vhost, { name, type }]) => ({ vhost: vhost.name, exchange: name, type }),
        [
          [
            'cluster_exchange_bindings',
            'gauge',
            'Bindings from an exchange',
            ([vhost, exchange]) => vhost.bindingsFrom(exchange).length,
          ],
        ],
      ),
  },
  {
    name: 'exchange_names',
    clusterWide: true,
    measure: ({ exchanges }) =>
      ofEach(
        exchanges.filter(([, { name }]) => name !== ''),
        ([vhost, { name, type }]) => ({ vhost: vhost.name, exchange: name, type }),
        [['cluster_exchange_name', 'gauge', 'Exchanges that there are', () => 1]],
      ),
  },
]
