import type { FieldTable } from 'amqp-codec'
import type { PolicyDefinition, QueuePlace } from '../definitions/definition.ts'
import type { Message } from '../message/message.ts'
import type { QueueDestination } from './destination.ts'
import { ExchangeCounts } from './exchange-counts.ts'

/** An exchange or a queue: what a binding leads to. */
export type Destination = QueueDestination | Exchange

export interface Binding {
  readonly source: Exchange
  readonly destination: Destination
  readonly routingKey: string
  readonly arguments: FieldTable
}

/** Takes what a matcher finds. */
export interface MatchSink {
  /** Whether somebody only asks where a message would go: none is on its way. */
  readonly isTrial: boolean
  /** What no binding led to. */
  add(destination: Destination): void
  addBinding(binding: Binding): void
  addAll(bindings: Iterable<Binding>): void
}

/** Where an exchange has messages itself. */
export interface KeptMessages {
  /** What the message log knows them by; null when they do not outlive the broker. */
  readonly id: number | null
  /** Undefined for a broker alone, and where each node has its own. */
  readonly place: QueuePlace | undefined
}

/**
 * What makes an exchange's type: an index over its bindings. Types know routing keys, headers and, as
 * far as the message is given, its properties; never bodies.
 */
export interface ExchangeMatcher {
  /** Whether equal routing keys always match the same bindings, so that a route can be reused. */
  readonly stable: boolean
  /** Whether of several routing keys, which a message has with CC, only the first counts. */
  readonly firstKeyOnly?: boolean | undefined
  /** Where it keeps messages that outlive the broker; left out where it never keeps any. */
  readonly kept?: KeptMessages
  /** Throws 406 when the type cannot take such a binding. */
  validate?(binding: Binding): void
  add(binding: Binding): void
  remove(binding: Binding): void
  match(
    routingKey: string,
    headers: FieldTable | undefined,
    route: MatchSink,
    message?: Message,
  ): void
  /** The exchange is no more. */
  delete?(): void
}

export interface ExchangeProperties {
  readonly type: string
  readonly durable: boolean
  readonly autoDelete: boolean
  readonly internal: boolean
  readonly arguments: FieldTable
}

/** A named exchange: its properties as declared, and its matcher. The vhost owns its bindings. */
export class Exchange implements ExchangeProperties {
  readonly kind = 'exchange'
  readonly name: string
  readonly type: string
  readonly durable: boolean
  readonly autoDelete: boolean
  readonly internal: boolean
  readonly arguments: FieldTable
  readonly matcher: ExchangeMatcher
  readonly counts: ExchangeCounts = new ExchangeCounts()
  /** Where messages go that match no binding here; its name, since it may be declared later. */
  alternateExchange: string | undefined

  constructor(name: string, properties: ExchangeProperties, matcher: ExchangeMatcher) {
    this.name = name
    this.type = properties.type
    this.durable = properties.durable
    this.autoDelete = properties.autoDelete
    this.internal = properties.internal
    this.arguments = properties.arguments
    this.matcher = matcher
    this.alternateExchange = this.#declaredAlternate
  }

  /** Puts a policy in force, instead of the one before; what was declared counts for more. */
  applyPolicy(definition: PolicyDefinition): void {
    const alternate = definition.get('alternate-exchange')
    this.alternateExchange =
      this.#declaredAlternate ?? (typeof alternate === 'string' ? alternate : undefined)
  }

  get #declaredAlternate(): string | undefined {
    const alternate = this.arguments.get('alternate-exchange')
    return alternate?.type === 'S' ? alternate.value : undefined
  }
}
