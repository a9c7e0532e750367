import { cpus } from 'node:os'
import { MECHANISMS } from '../../auth/sasl.ts'
import type { ManagedBroker } from '../managed-broker.ts'

/** What RabbitMQ says of its four types; those that are plugins there are said to be there as well. */
const EXCHANGE_TYPES: readonly (readonly [string, string])[] = [
  ['direct', 'AMQP direct exchange, as per the AMQP specification'],
  ['fanout', 'AMQP fanout exchange, as per the AMQP specification'],
  ['headers', 'AMQP headers exchange, as per the AMQP specification'],
  ['topic', 'AMQP topic exchange, as per the AMQP specification'],
  ['x-consistent-hash', 'Consistent Hashing Exchange'],
  ['x-modulus-hash', 'Modulus Hashing Exchange'],
  ['x-random', 'Random exchange'],
  ['x-local-random', 'Local random exchange'],
  ['x-recent-history', 'Recent History Exchange'],
  ['x-delayed-message', 'Delayed Message Exchange'],
]

export const exchangeTypesJson: readonly object[] = EXCHANGE_TYPES.map(([name, description]) => ({
  name,
  description,
  enabled: true,
}))

/** Figures of Erlang's machine and of RabbitMQ's files, of which there are none here; tools read them. */
const ABSENT_FIGURES = [
  'gc_num',
  'gc_bytes_reclaimed',
  'context_switches',
  'io_read_count',
  'io_read_bytes',
  'io_read_avg_time',
  'io_write_count',
  'io_write_bytes',
  'io_write_avg_time',
  'io_sync_count',
  'io_sync_avg_time',
  'io_seek_count',
  'io_seek_avg_time',
  'io_reopen_count',
  'mnesia_ram_tx_count',
  'mnesia_disk_tx_count',
  'msg_store_read_count',
  'msg_store_write_count',
  'queue_index_write_count',
  'queue_index_read_count',
]

/** Of RabbitMQ's own statistics: what of them waits to be dropped. */
const GC_QUEUES = [
  'connection_closed',
  'channel_closed',
  'consumer_deleted',
  'exchange_deleted',
  'queue_deleted',
  'vhost_deleted',
  'node_node_deleted',
  'channel_consumer_deleted',
]

export interface NodeFigures {
  /** Null when it cannot be told. */
  readonly diskFreeBytes: number | null
}

/** This broker, as one of a cluster's nodes. */
export function nodeJson(broker: ManagedBroker, { diskFreeBytes }: NodeFigures): object {
  const { alarms, clock, machine, memoryLimitBytes, diskFreeLimitBytes } = broker
  const figures = {
    mem_used: machine.memoryUse().residentBytes,
    fd_used: 0,
    sockets_used: broker.connections.size,
    proc_used: 0,
    disk_free: diskFreeBytes ?? 0,
    ...Object.fromEntries(ABSENT_FIGURES.map((name) => [name, 0])),
  }
  return {
    name: broker.nodeName,
    type: 'disc',
    running: true,
    os_pid: String(process.pid),
    fd_total: 0,
    sockets_total: 0,
    mem_limit: memoryLimitBytes,
    mem_alarm: alarms.includes('memory'),
    disk_free_limit: diskFreeLimitBytes,
    disk_free_alarm: alarms.includes('disk'),
    proc_total: 0,
    rates_mode: 'detailed',
    uptime: Math.max(0, Math.round(clock.wallTime() - broker.startedAtMs)),
    run_queue: 0,
    processors: cpus().length,
    exchange_types: exchangeTypesJson,
    auth_mechanisms: authMechanismsJson(),
    applications: [{ name: 'rabbit', description: broker.product, version: broker.version }],
    contexts: contextsJson(broker),
    log_files: ['<stdout>'],
    db_dir: broker.dataDir,
    config_files: [],
    net_ticktime: 60,
    enabled_plugins: ['rabbitmq_management', 'rabbitmq_prometheus'],
    mem_calculation_strategy: 'rss',
    partitions: [],
    cluster_links: [],
    metrics_gc_queue_length: Object.fromEntries(GC_QUEUES.map((name) => [name, 0])),
    ra_open_file_metrics: { ra_log_wal: 0, ra_log_segment_writer: 0 },
    ...figures,
    ...Object.fromEntries(Object.keys(figures).map((name) => [`${name}_details`, { rate: 0 }])),
  }
}

function authMechanismsJson(): object[] {
  return [...MECHANISMS.keys()].map((name) => ({ name, description: name, enabled: true }))
}

/** Where HTTP is served. */
export function contextsJson({ endpoints }: ManagedBroker): object[] {
  const http = endpoints.filter(({ protocol }) => protocol.startsWith('http'))
  return http.map(({ protocol, host, port }) => ({
    description: protocol === 'http/prometheus' ? 'RabbitMQ Prometheus' : 'RabbitMQ Management',
    path: '/',
    ip: host,
    port: String(port),
    ...(protocol === 'https' ? { protocol } : {}),
    ssl_opts: [],
  }))
}

/** What else RabbitMQ's memory is for. */
const ABSENT_MEMORY = [
  'connection_readers',
  'connection_writers',
  'connection_channels',
  'connection_other',
  'queue_procs',
  'queue_slave_procs',
  'quorum_queue_procs',
  'quorum_queue_dlx_procs',
  'stream_queue_procs',
  'stream_queue_replica_reader_procs',
  'stream_queue_coordinator_procs',
  'plugins',
  'metrics',
  'mgmt_db',
  'mnesia',
  'quorum_ets',
  'other_ets',
  'msg_index',
  'code',
  'atom',
  'allocated_unused',
  'reserved_unallocated',
]

/** What there is memory for: it is told as a whole, since Node.js does not tell what for. */
export function nodeMemoryJson({ machine }: ManagedBroker): object {
  const { residentBytes, allocatedBytes, heapUsedBytes } = machine.memoryUse()
  return {
    memory: {
      ...Object.fromEntries(ABSENT_MEMORY.map((name) => [name, 0])),
      binary: allocatedBytes - heapUsedBytes,
      other_proc: heapUsedBytes,
      other_system: Math.max(0, residentBytes - allocatedBytes),
      strategy: 'rss',
      total: { erlang: allocatedBytes, rss: residentBytes, allocated: allocatedBytes },
    },
  }
}
