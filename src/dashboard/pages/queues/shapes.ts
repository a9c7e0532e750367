// Queues, as far as the pages read them.

import type { Json } from '../api/client.ts'
import type { Readings } from '../chart/readings.ts'

export interface Queue {
  readonly name: string
  readonly vhost: string
  readonly type: string
  readonly state: string
  readonly durable: boolean
  readonly auto_delete: boolean
  readonly exclusive: boolean
  readonly arguments: Readonly<Record<string, Json>>
  readonly policy: string | null
  readonly operator_policy: string | null
  readonly effective_policy_definition: Readonly<Record<string, Json>>
  readonly consumers: number
  readonly messages: number
  readonly messages_delayed: number
  readonly dead_letter_target: boolean
  readonly messages_ready: number
  readonly messages_unacknowledged: number
  readonly message_bytes: number
  readonly message_stats?: Readings
}
