// Connections and channels, as far as the pages read them.

import type { Json } from '../api/client.ts'
import type { Readings } from '../chart/readings.ts'

export interface Connection {
  readonly name: string
  readonly user_provided_name?: string
  readonly vhost: string
  readonly user: string
  readonly state: string
  readonly protocol: string
  readonly auth_mechanism: string
  readonly channels: number
  readonly channel_max: number
  readonly frame_max: number
  readonly timeout: number
  readonly connected_at: number
  readonly ssl: boolean
  readonly ssl_protocol: string
  readonly ssl_cipher: string
  readonly peer_cert_subject: string
  readonly client_properties: Readonly<Record<string, Json>>
  readonly recv_oct: number
  readonly recv_oct_details?: { readonly rate: number }
  readonly send_oct: number
  readonly send_oct_details?: { readonly rate: number }
  readonly send_pend: number
}

export interface Channel {
  readonly name: string
  readonly number: number
  readonly user: string
  readonly vhost: string
  readonly state: string
  readonly connection_details: { readonly name: string }
  readonly consumer_count: number
  readonly prefetch_count: number
  readonly global_prefetch_count: number
  readonly confirm: boolean
  readonly transactional: boolean
  readonly messages_unacknowledged: number
  readonly messages_unconfirmed: number
  readonly messages_uncommitted: number
  readonly message_stats?: Readings
}

export interface Consumer {
  readonly consumer_tag: string
  readonly queue: { readonly name: string; readonly vhost: string }
  readonly ack_required: boolean
  readonly exclusive: boolean
  readonly prefetch_count: number
  readonly activity_status: string
  readonly arguments: Readonly<Record<string, Json>>
  readonly channel_details: { readonly name: string; readonly user: string }
}

/** How a channel treats what is published and acknowledged on it. */
export function modeOf({ confirm, transactional }: Channel): string {
  if (transactional) return 'transactional'
  return confirm ? 'confirms' : ''
}
