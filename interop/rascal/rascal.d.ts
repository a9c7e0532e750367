// rascal comes without types: what these tests use of it.

declare module 'rascal' {
  import type { EventEmitter } from 'node:events'
  import type { ConsumeMessage, Message } from 'amqplib'
  import type { Connection } from 'amqplib/callback_api'

  type Settings = Record<string, unknown>

  export interface VhostConfig {
    exchanges?: string[] | Record<string, Settings>
    queues?: string[] | Record<string, Settings>
    bindings?: string[] | Record<string, Settings>
    publications?: Record<string, Settings>
    subscriptions?: Record<string, Settings>
    [setting: string]: unknown
  }

  export interface BrokerConfig {
    vhosts: Record<string, VhostConfig>
    [setting: string]: unknown
  }

  export type Recovery = Settings & {
    strategy: 'ack' | 'nack' | 'republish' | 'forward'
    attempts?: number
    defer?: number
    requeue?: boolean
    publication?: string
    immediateNack?: boolean
  }

  export type AckOrNack = (error?: Error | null, recovery?: Recovery | Recovery[]) => void

  export interface Subscription extends EventEmitter {
    cancel(): Promise<void>
    setChannelPrefetch(count: number): Promise<void>
    on(
      event: 'message',
      listener: (message: ConsumeMessage, content: unknown, ackOrNack: AckOrNack) => void,
    ): this
    on(
      event: 'invalid_content' | 'redeliveries_exceeded',
      listener: (error: Error, message: ConsumeMessage, ackOrNack: AckOrNack) => void,
    ): this
    on(event: 'error' | 'cancelled', listener: (error: Error) => void): this
    on(event: 'subscribed', listener: () => void): this
  }

  export interface Publication extends EventEmitter {
    abort(): void
    on(event: 'success' | 'paused', listener: (messageId: string) => void): this
    on(event: 'error', listener: (error: Error, messageId: string) => void): this
    on(event: 'return', listener: (message: Message) => void): this
  }

  export interface Broker extends EventEmitter {
    publish(name: string, payload: unknown, overrides?: string | Settings): Promise<Publication>
    forward(name: string, message: Message, overrides?: string | Settings): Promise<Publication>
    subscribe(name: string, overrides?: Settings): Promise<Subscription>
    subscribeAll(filter?: (config: { autoCreated?: boolean }) => boolean): Promise<Subscription[]>
    unsubscribeAll(): Promise<void>
    connect(vhost: string): Promise<Connection>
    getFullyQualifiedName(vhost: string, name: string): string
    bounce(): Promise<void>
    purge(): Promise<void>
    nuke(): Promise<void>
    shutdown(): Promise<void>
  }

  const rascal: {
    BrokerAsPromised: { create(config: BrokerConfig): Promise<Broker> }
    withDefaultConfig(config: BrokerConfig): BrokerConfig
    withTestConfig(config: BrokerConfig): BrokerConfig
  }
  export default rascal
}
