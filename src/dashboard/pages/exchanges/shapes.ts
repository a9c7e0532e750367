// Exchanges and bindings, as far as the pages read them.

import type { Json } from '../api/client.ts'
import type { Readings } from '../chart/readings.ts'

export interface Exchange {
  readonly name: string
  readonly vhost: string
  readonly type: string
  readonly durable: boolean
  readonly auto_delete: boolean
  readonly internal: boolean
  readonly arguments: Readonly<Record<string, Json>>
  readonly policy?: string
  readonly message_stats?: Readings
}

export interface Binding {
  readonly source: string
  readonly vhost: string
  readonly destination: string
  readonly destination_type: 'queue' | 'exchange'
  readonly routing_key: string
  readonly arguments: Readonly<Record<string, Json>>
  readonly properties_key: string
}

/** What a broker says of where a message would go. */
export interface Explanation {
  readonly routed: boolean
  /** Why it would go nowhere. */
  readonly reason?: string
  readonly steps: readonly ExplainedStep[]
  readonly queues: readonly string[]
  readonly truncated?: boolean
}

export interface ExplainedStep {
  readonly exchange: string
  readonly type: string
  readonly via?: 'binding' | 'alternate-exchange'
  readonly delay_ms?: number
  readonly bindings: readonly ExplainedBinding[]
}

export interface ExplainedBinding extends Binding {
  readonly matched: boolean
  readonly why: string
}
