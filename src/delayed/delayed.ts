import type { FieldTable } from 'amqp-codec'
import type { Binding, ExchangeMatcher, KeptMessages, MatchSink } from '../exchange/exchange.ts'
import type { Message } from '../message/message.ts'
import type { Delays } from '../queue/delays.ts'
import { delayOf } from './delay-header.ts'

/** The exchange type, and the argument that says how messages are routed in the end. */
export const DELAYED_MESSAGE = 'x-delayed-message'
export const DELAYED_TYPE = 'x-delayed-type'

/**
 * `x-delayed-message`: another type's exchange, which a message with an `x-delay` comes to when that
 * time is over. https://github.com/rabbitmq/rabbitmq-delayed-message-exchange
 */
export class DelayedMatcher implements ExchangeMatcher {
  /** A route that is kept would not know of delays. */
  readonly stable = false
  readonly firstKeyOnly: boolean
  readonly kept: KeptMessages
  readonly #matcher: ExchangeMatcher
  readonly #queue: Delays

  constructor(matcher: ExchangeMatcher, queue: Delays, kept: KeptMessages) {
    this.firstKeyOnly = matcher.firstKeyOnly === true
    this.kept = kept
    this.#matcher = matcher
    this.#queue = queue
  }

  validate(binding: Binding): void {
    this.#matcher.validate?.(binding)
  }

  add(binding: Binding): void {
    this.#matcher.add(binding)
  }

  remove(binding: Binding): void {
    this.#matcher.remove(binding)
  }

  match(
    routingKey: string,
    headers: FieldTable | undefined,
    route: MatchSink,
    message?: Message,
  ): void {
    if (delayOf(headers) > 0) route.add(this.#queue)
    else this.#matcher.match(routingKey, headers, route, message)
  }

  delete(): void {
    this.#matcher.delete?.()
    this.#queue.delete()
  }
}
