// Virtual hosts, as far as the pages read them.

import type { Readings } from '../chart/readings.ts'

export interface Vhost {
  readonly name: string
  readonly description?: string
  readonly tags?: readonly string[]
  /** What was said of it: without a default for the type of queues when nobody has set one. */
  readonly metadata?: { readonly default_queue_type?: string }
  readonly tracing: boolean
  readonly messages?: number
  readonly message_stats?: Readings
}
