import type { FieldTable } from 'amqp-codec'
import { withDelayOver } from '../delayed/delay-header.ts'
import { DELAYED_MESSAGE, DELAYED_TYPE, DelayedMatcher } from '../delayed/delayed.ts'
import type { PublishOutcome } from '../exchange/destination.ts'
import type { ExchangeMatcher, ExchangeProperties, KeptMessages } from '../exchange/exchange.ts'
import { isExchangeType, newMatcher } from '../exchange/exchange-types.ts'
import type { Deliver } from '../exchange/recent-history.ts'
import type { Message } from '../message/message.ts'
import { invalidDelayedType } from '../reasons.ts'
import type { DelayQueueFactory } from './delay-queue-factory.ts'

export interface ExchangeMatchersParts {
  /** Brings a message that was published before to where it leads from there. */
  readonly deliver: Deliver
  /** The same, from the exchange of that name. */
  readonly release: (exchange: string, message: Message) => PublishOutcome
  readonly createDelayQueue: DelayQueueFactory
  /** Where a new exchange keeps messages that outlive the broker. */
  readonly newKept: () => KeptMessages
}

const NOT_KEPT: KeptMessages = { id: null, place: undefined }

/** Makes what the exchanges of a vhost are. */
export class ExchangeMatchers {
  readonly #parts: ExchangeMatchersParts

  constructor(parts: ExchangeMatchersParts) {
    this.#parts = parts
  }

  /** Whether there is such a type. */
  has(type: string): boolean {
    return type === DELAYED_MESSAGE || isExchangeType(type)
  }

  /**
   * Throws 406 for an unknown type, and for arguments that it cannot have. `kept` is where an
   * exchange has its messages that was there before.
   */
  create(name: string, properties: ExchangeProperties, kept?: KeptMessages): ExchangeMatcher {
    const { type, arguments: exchangeArguments } = properties
    const { deliver, release, createDelayQueue, newKept } = this.#parts
    if (type !== DELAYED_MESSAGE) return newMatcher(type, exchangeArguments, deliver)
    const matcher = newMatcher(delayedType(exchangeArguments), exchangeArguments, deliver)
    const at = kept ?? (properties.durable ? newKept() : NOT_KEPT)
    const queue = createDelayQueue({
      ...at,
      owner: { exchange: name },
      release: (message) => release(name, withDelayOver(message)),
    })
    return new DelayedMatcher(matcher, queue, at)
  }
}

function delayedType(exchangeArguments: FieldTable): string {
  const type = exchangeArguments.get(DELAYED_TYPE)
  if (type?.type !== 'S' || type.value === DELAYED_MESSAGE) throw invalidDelayedType()
  return type.value
}
