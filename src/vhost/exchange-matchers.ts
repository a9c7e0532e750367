import type { ExchangeMatcher, ExchangeProperties } from '../exchange/exchange.ts'
import { isExchangeType, newMatcher } from '../exchange/exchange-types.ts'
import type { Deliver } from '../exchange/recent-history.ts'

/** Makes what the exchanges of a vhost are. */
export class ExchangeMatchers {
  readonly #deliver: Deliver

  constructor(deliver: Deliver) {
    this.#deliver = deliver
  }

  /** Whether there is such a type. */
  has(type: string): boolean {
    return isExchangeType(type)
  }

  /** Throws 406 for an unknown type, and for arguments that it cannot have. */
  create(_name: string, properties: ExchangeProperties, _logId?: number): ExchangeMatcher {
    return newMatcher(properties.type, properties.arguments, this.#deliver)
  }
}
