import type { FieldTable } from 'amqp-codec'
import type { Message } from '../message/message.ts'
import type { Exchange } from './exchange.ts'
import { Route } from './route.ts'

/**
 * From an exchange and routing keys to the set of queues: follows exchange-to-exchange bindings and,
 * where an exchange matches nothing, its alternate exchange.
 */
export class Router {
  readonly #findExchange: (name: string) => Exchange | undefined

  constructor(findExchange: (name: string) => Exchange | undefined) {
    this.#findExchange = findExchange
  }

  /**
   * Where that message goes; without it, where any with these routing keys and headers does. Adds to the
   * route that is given.
   */
  route(
    source: Exchange,
    routingKeys: readonly string[],
    headers: FieldTable | undefined,
    message?: Message,
    route: Route = new Route(),
  ): Route {
    route.addExchange(source)
    for (let next = 0; next < route.exchanges.length; next++) {
      const exchange = route.exchanges[next] as Exchange
      const before = route.matchCount
      const { matcher } = exchange
      if (!matcher.stable) route.stable = false
      const keyCount = matcher.firstKeyOnly ? 1 : routingKeys.length
      for (let index = 0; index < keyCount; index++) {
        matcher.match(routingKeys[index] as string, headers, route, message)
      }
      // An empty name is none: the default exchange is nobody's alternate.
      if (route.matchCount === before && exchange.alternateExchange) {
        const alternate = this.#findExchange(exchange.alternateExchange)
        if (alternate !== undefined) route.addExchange(alternate)
      }
    }
    return route
  }
}
