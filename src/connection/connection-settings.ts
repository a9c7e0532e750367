import type { FieldTable, Method } from 'amqp-codec'
import type { Access } from '../auth/access.ts'
import type { FailedLogins } from '../auth/failed-logins.ts'
import type { User } from '../auth/user.ts'
import type { Authenticator } from '../auth/users.ts'
import type { Clock } from '../base/clock.ts'
import type { Happenings } from '../base/happenings.ts'
import type { Logger } from '../base/logger.ts'
import type { Ticker } from '../base/ticker.ts'
import type { Turn } from '../base/turn.ts'
import type { Channel } from '../channel/channel.ts'
import type { CompatProfile } from '../config/compat.ts'
import type { TicketSource } from '../message-log/ticket-source.ts'
import type { Vhost } from '../vhost/vhost.ts'
import type { TuneLimits } from './handshake.ts'
import type { SlabPool } from './slab-pool.ts'

/** What all connections of a broker share. */
export interface ConnectionSettings extends TuneLimits {
  readonly heartbeatSec: number
  readonly handshakeTimeoutMs: number
  readonly outboxLimitBytes: number
  readonly maxMessageSizeBytes: number
  readonly consumerMaxPerChannel: number
  /** How long a delivery may be unacknowledged; 0 is no limit. */
  readonly consumerTimeoutMs: number
  readonly serverProperties: FieldTable
  readonly authenticator: Authenticator
  readonly failedLogins: FailedLogins
  readonly happenings: Happenings
  readonly findVhost: (name: string) => Vhost | undefined
  readonly accessOf: (user: User, vhost: string) => Access
  readonly profile: CompatProfile
  readonly dispatch: (channel: Channel, method: Method) => void
  readonly clock: Clock
  readonly ticker: Ticker
  readonly turn: Turn
  /** Knows what is safe; null when nothing is stored. */
  readonly messageLog: TicketSource | null
  readonly slabs: SlabPool
  readonly logger: Logger
}
