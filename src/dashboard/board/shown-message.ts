/** A message as the management API shows it that looks into queues. */
export interface ShownMessage {
  readonly id: string
  readonly state: 'ready' | 'unacked' | 'delayed'
  readonly position?: number
  readonly payload_bytes: number
  readonly redelivered: boolean
  readonly exchange: string
  readonly routing_key: string
  readonly properties: MessageProperties
  readonly payload: string
  readonly payload_encoding: 'string' | 'base64'
  /** Whether the payload is only the beginning of it. */
  readonly truncated: boolean
  readonly expires_at?: number
  readonly due_at?: number
  readonly delivery_count?: number
  readonly consumer?: object
  readonly death?: Death
}

export interface MessageProperties {
  readonly headers?: Readonly<Record<string, unknown>>
  readonly type?: string
  readonly priority?: number
  /** In seconds since 1970. */
  readonly timestamp?: number
  readonly [name: string]: unknown
}

/** An entry of `x-death`. Brokers write it, but clients may have written it as well, and anything there. */
export interface Death {
  readonly queue?: unknown
  readonly reason?: unknown
  readonly exchange?: unknown
  readonly count?: unknown
  readonly time?: unknown
  readonly 'routing-keys'?: unknown
}
