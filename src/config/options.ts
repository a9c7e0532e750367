// The one table of options. The types of the library's options, the command line, the environment
// variables, the configuration file, `--help` and docs/configuration.md all derive from it.

import type { OptionRow, OptionValue } from './option-row.ts'

// The largest number of milliseconds is the longest that a timer of Node.js can wait.
const OPTIONS = {
  host: {
    flag: 'host',
    group: 'Network',
    type: 'text',
    default: '127.0.0.1',
    doc: 'Address or name to listen on; `0.0.0.0` or `::` listens on all.',
  },
  port: {
    flag: 'port',
    group: 'Network',
    type: 'integer',
    default: 5672,
    min: 1,
    max: 65535,
    zero: 'any free port',
    doc: 'TCP port for AMQP.',
  },
  managementPort: {
    flag: 'management-port',
    group: 'Network',
    type: 'port',
    default: 15672,
    embedded: 'none',
    doc: 'TCP port for the management API, on the same address.',
  },
  handshakeTimeoutMs: {
    flag: 'handshake-timeout',
    group: 'Network',
    type: 'milliseconds',
    default: 10_000,
    min: 1,
    max: 2_147_483_647,
    doc: 'Time that a client has from connecting until its virtual host is open.',
  },
  heartbeatSec: {
    flag: 'heartbeat',
    group: 'Network',
    type: 'seconds',
    default: 60,
    min: 1,
    max: 65535,
    zero: 'no heartbeats',
    doc: 'Heartbeat interval proposed to clients; a peer silent for three intervals is dropped.',
  },
  shutdownTimeoutMs: {
    flag: 'shutdown-timeout',
    group: 'Network',
    type: 'milliseconds',
    default: 5000,
    min: 1,
    max: 2_147_483_647,
    doc: 'Time that clients have to answer the closing of their connections at shutdown.',
  },
  tlsPort: {
    flag: 'tls-port',
    group: 'TLS',
    type: 'integer',
    default: 5671,
    min: 1,
    max: 65535,
    zero: 'any free port',
    doc: 'TCP port for AMQP over TLS, which is listened on when there is a certificate.',
  },
  tlsCert: {
    flag: 'tls-cert',
    group: 'TLS',
    type: 'pem',
    default: '',
    doc: "The broker's certificate, and those between it and its authority's.",
  },
  tlsKey: {
    flag: 'tls-key',
    group: 'TLS',
    type: 'pem',
    default: '',
    secret: true,
    doc: "The certificate's private key, without a passphrase.",
  },
  tlsCa: {
    flag: 'tls-ca',
    group: 'TLS',
    type: 'pem',
    default: '',
    doc: "Certificates of the authorities that clients' certificates are to be from.",
  },
  tlsVerify: {
    flag: 'tls-verify',
    group: 'TLS',
    type: 'choice',
    choices: ['none', 'peer', 'required'],
    default: 'none',
    doc: 'Whether clients are asked for a certificate: `peer` refuses those with one that is not good, `required` also those without one.',
  },
  tlsMinVersion: {
    flag: 'tls-min-version',
    group: 'TLS',
    type: 'choice',
    choices: ['1.2', '1.3'],
    default: '1.2',
    doc: 'Least version of TLS that clients may speak.',
  },
  tlsLoginFrom: {
    flag: 'tls-login-from',
    group: 'TLS',
    type: 'choice',
    choices: ['common_name', 'distinguished_name', 'subject_alternative_name'],
    default: 'common_name',
    doc: "What of a client's certificate is the name of the user, for those who log in with EXTERNAL.",
  },
  defaultUser: {
    flag: 'default-user',
    group: 'Users',
    type: 'text',
    default: 'guest',
    environment: ['RABBITMQ_DEFAULT_USER'],
    doc: 'Name of the user that exists from the start.',
  },
  defaultPass: {
    flag: 'default-pass',
    group: 'Users',
    type: 'text',
    default: 'guest',
    environment: ['RABBITMQ_DEFAULT_PASS'],
    secret: true,
    doc: 'Password of the default user; prefer the environment or a file, as flags show in process lists.',
  },
  defaultVhost: {
    flag: 'default-vhost',
    group: 'Users',
    type: 'text',
    default: '/',
    environment: ['RABBITMQ_DEFAULT_VHOST'],
    doc: 'Virtual host that exists from the start, with all permissions for the default user.',
  },
  loopbackUsers: {
    flag: 'loopback-users',
    group: 'Users',
    type: 'list',
    default: ['guest'],
    doc: 'Users that may connect only from this machine.',
  },
  frameMax: {
    flag: 'frame-max',
    group: 'Limits',
    type: 'bytes',
    default: 131_072,
    min: 4096,
    max: 4_294_967_295,
    zero: 'no limit',
    doc: 'Largest frame, proposed to clients and enforced.',
  },
  channelMax: {
    flag: 'channel-max',
    group: 'Limits',
    type: 'integer',
    default: 2047,
    min: 1,
    max: 65535,
    zero: 'as many as the protocol can number, 65535',
    doc: 'Most channels on one connection, proposed to clients and enforced.',
  },
  consumerMaxPerChannel: {
    flag: 'consumer-max-per-channel',
    group: 'Limits',
    type: 'integer',
    default: 0,
    min: 1,
    zero: 'no limit',
    doc: 'Most consumers on one channel.',
  },
  consumerTimeoutMs: {
    flag: 'consumer-timeout',
    group: 'Limits',
    type: 'milliseconds',
    default: 1_800_000,
    min: 1,
    max: 2_147_483_647,
    zero: 'no limit',
    doc: 'How long a delivery may be unacknowledged before its channel is closed; queues may have their own limit.',
  },
  maxConnections: {
    flag: 'max-connections',
    group: 'Limits',
    type: 'integer',
    default: 0,
    min: 1,
    zero: 'no limit',
    doc: 'Most connections open at a time.',
  },
  maxPendingConnections: {
    flag: 'max-pending-connections',
    group: 'Limits',
    type: 'integer',
    default: 1000,
    min: 1,
    zero: 'no limit',
    doc: 'Most connections at a time that have not authenticated yet.',
  },
  maxMessageSizeBytes: {
    flag: 'max-message-size',
    group: 'Limits',
    type: 'bytes',
    default: 134_217_728,
    min: 1,
    max: 536_870_912,
    doc: 'Largest message body.',
  },
  managementBodyLimitBytes: {
    flag: 'management-body-limit',
    group: 'Limits',
    type: 'bytes',
    default: 20_000_000,
    min: 1024,
    doc: 'Largest body of a request to the management API.',
  },
  outboxLimitBytes: {
    flag: 'outbox-limit',
    group: 'Limits',
    type: 'bytes',
    default: 1_048_576,
    min: 4096,
    doc: 'Bytes waiting for one client to read them at which its consumers pause.',
  },
  memoryHighWatermark: {
    flag: 'memory-high-watermark',
    group: 'Limits',
    type: 'memory',
    default: 0.6,
    environment: ['RABBITMQ_VM_MEMORY_HIGH_WATERMARK'],
    doc: 'Publishers are held back while the process has more than this share of the memory of the machine or container, or these bytes; with 0, always.',
  },
  compat: {
    flag: 'compat',
    group: 'Identity',
    type: 'choice',
    choices: ['lenient', '3.13', '4.2', '4.3'],
    default: 'lenient',
    doc: 'Version of RabbitMQ whose rules are applied, or `lenient` for those that most clients get on with. `3.13` has other defaults for memory-high-watermark (0.4) and server-version, `4.2` and `4.3` for max-message-size (16 MiB) and server-version.',
  },
  serverProduct: {
    flag: 'server-product',
    group: 'Identity',
    type: 'text',
    default: 'RabbitMQ',
    doc: 'Product name reported to clients; some, as kombu and Celery, do less with any other than RabbitMQ.',
  },
  serverVersion: {
    flag: 'server-version',
    group: 'Identity',
    type: 'text',
    default: '4.2.0',
    doc: 'Version reported to clients, some of which read it as a version of RabbitMQ.',
  },
  clusterName: {
    flag: 'cluster-name',
    group: 'Identity',
    type: 'text',
    default: 'leveret',
    doc: 'Cluster name reported to clients.',
  },
  dataDir: {
    flag: 'data-dir',
    group: 'Storage',
    type: 'text',
    default: './leveret-data',
    embedded: 'none',
    doc: 'Directory for durable data, or `none` to keep everything in memory.',
  },
  durability: {
    flag: 'durability',
    group: 'Storage',
    type: 'choice',
    choices: ['disk', 'os'],
    default: 'disk',
    doc: 'When a persistent message is confirmed: when it is on the `disk`, or when the `os` has it, which outlives the process but not the machine.',
  },
  diskFreeLimitBytes: {
    flag: 'disk-free-limit',
    group: 'Storage',
    type: 'bytes',
    default: 50_000_000,
    min: 1,
    zero: 'no limit',
    doc: 'Publishers are held back while the filesystem of the data directory has less room than this.',
  },
  definitions: {
    flag: 'definitions',
    group: 'Storage',
    type: 'text',
    default: 'none',
    doc: 'File of definitions, as RabbitMQ exports them, to be imported at every start, or `none`; the default user stays.',
  },
  messageMemoryBytes: {
    flag: 'message-memory',
    group: 'Storage',
    type: 'bytes',
    default: 67_108_864,
    min: 4096,
    doc: 'Memory that messages in queues may take before they are kept in the data directory only.',
  },
  config: {
    flag: 'config',
    group: 'Program',
    type: 'text',
    default: '',
    doc: 'Configuration file (TOML) with any of the other options.',
  },
  logLevel: {
    flag: 'log-level',
    group: 'Program',
    type: 'choice',
    choices: ['debug', 'info', 'warn', 'error', 'silent'],
    default: 'info',
    doc: 'Least severity that is logged.',
  },
  logFormat: {
    flag: 'log-format',
    group: 'Program',
    type: 'choice',
    choices: ['auto', 'pretty', 'json'],
    default: 'auto',
    doc: 'Form of the log; `auto` is pretty on a terminal and JSON otherwise.',
  },
} as const

export type OptionName = keyof typeof OPTIONS

/** Every option with its value. */
export type Options = {
  readonly [Name in OptionName]: OptionValue<(typeof OPTIONS)[Name]>
}

/** The options of the program around the broker, which a broker in process has no use for. */
export type ProgramOptionName = {
  [Name in OptionName]: (typeof OPTIONS)[Name]['group'] extends 'Program' ? Name : never
}[OptionName]

/** Every option of a broker with its value. */
export type ResolvedOptions = Omit<Options, ProgramOptionName>

/** What `createBroker` takes: any of the broker's options. */
export type BrokerOptions = {
  readonly [Name in keyof ResolvedOptions]?: ResolvedOptions[Name] | undefined
}

/** The table, in order. */
export const OPTION_ROWS: ReadonlyMap<OptionName, OptionRow> = new Map<OptionName, OptionRow>(
  Object.entries<OptionRow>(OPTIONS) as [OptionName, OptionRow][],
)
