import type { Administration } from '../administration/administration.ts'
import type { FailedLogins } from '../auth/failed-logins.ts'
import type { Clock } from '../base/clock.ts'
import type { Happenings } from '../base/happenings.ts'
import type { Logger } from '../base/logger.ts'
import type { Connection } from '../connection/connection.ts'
import type { TicketSource } from '../message-log/ticket-source.ts'
import type { AlarmResource } from '../server/alarms.ts'
import type { Machine } from '../server/machine.ts'
import type { TlsCertificates } from '../server/tls-identity.ts'
import type { ManagedCluster } from './managed-cluster.ts'

/** Where something listens. */
export interface Endpoint {
  readonly protocol: 'amqp' | 'amqp/ssl' | 'http' | 'https' | 'http/prometheus'
  readonly host: string
  readonly port: number
}

/** A broker, as those see it who look after it. */
export interface ManagedBroker {
  readonly administration: Administration
  /** Of all ways to log in. */
  readonly failedLogins: FailedLogins
  readonly happenings: Happenings
  /** Those whose handshake is done. */
  readonly connections: ReadonlySet<Connection>
  /** What is short. */
  readonly alarms: readonly AlarmResource[]
  /** Where it listens, this API included. */
  readonly endpoints: readonly Endpoint[]
  /** What it shows of itself over TLS; null without. */
  readonly certificates: TlsCertificates | null
  /** The files that they come from, or what would be in them. */
  readonly tlsCert: string | Uint8Array
  readonly tlsCa: string | Uint8Array
  /** Knows what is safe; null when nothing is stored. */
  readonly messageLog: TicketSource | null
  readonly machine: Machine
  readonly clock: Clock
  readonly logger: Logger
  /** This broker among others: `leveret@host`. */
  readonly nodeName: string
  readonly product: string
  /** Of RabbitMQ, as clients are told it. */
  readonly version: string
  readonly clusterName: string
  /** Null for a broker that is alone. */
  readonly cluster: ManagedCluster | null
  /** `none` for a broker that keeps nothing. */
  readonly dataDir: string
  readonly memoryLimitBytes: number
  readonly diskFreeLimitBytes: number
  readonly maxMessageSizeBytes: number
  /** When it was ready, in milliseconds since 1970. */
  readonly startedAtMs: number
}
