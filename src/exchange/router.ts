import type { FieldTable } from 'amqp-codec'
import type { QueueDestination } from './destination.ts'
import type { Exchange } from './exchange.ts'
import { RouteCollector } from './route-collector.ts'

/**
 * From an exchange and routing keys to the set of queues: follows exchange-to-exchange bindings and,
 * where an exchange matches nothing, its alternate exchange.
 */
export class Router {
  readonly #route = new RouteCollector()
  readonly #findExchange: (name: string) => Exchange | undefined

  constructor(findExchange: (name: string) => Exchange | undefined) {
    this.#findExchange = findExchange
  }

  /**
   * Whether the last route holds for every message with the same address, until the topology
   * changes: no exchange on its way looked at more than the routing key.
   */
  stable = true

  /** The result is valid until the next call. */
  route(
    source: Exchange,
    routingKeys: readonly string[],
    headers: FieldTable | undefined,
  ): readonly QueueDestination[] {
    const route = this.#route
    route.reset()
    route.addExchange(source)
    this.stable = true
    for (let next = 0; next < route.exchanges.length; next++) {
      const exchange = route.exchanges[next] as Exchange
      const before = route.matchCount
      if (!exchange.matcher.stable) this.stable = false
      for (let index = 0; index < routingKeys.length; index++) {
        exchange.matcher.match(routingKeys[index] as string, headers, route)
      }
      if (route.matchCount === before && exchange.alternateExchange !== undefined) {
        const alternate = this.#findExchange(exchange.alternateExchange)
        if (alternate !== undefined) route.addExchange(alternate)
      }
    }
    return route.queues
  }
}
