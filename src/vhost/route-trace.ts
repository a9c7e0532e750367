import type { Binding, Destination, Exchange } from '../exchange/exchange.ts'
import { Route } from '../exchange/route.ts'

/** A route that nobody goes, which knows how it came to be. */
export class RouteTrace extends Route {
  override readonly isTrial = true
  readonly matched: Set<Binding> = new Set()
  /** Queues that no binding led to: those of the default exchange. */
  readonly unbound: Set<Destination> = new Set()
  /** Exchanges that are on the way since another matched nothing. */
  readonly alternates: Set<Exchange> = new Set()

  override add(destination: Destination): void {
    this.unbound.add(destination)
    super.add(destination)
  }

  override addBinding(binding: Binding): void {
    this.matched.add(binding)
    super.add(binding.destination)
  }

  override addExchange(exchange: Exchange): void {
    // The first one is where the message was published to.
    const isFirst = this.exchanges.length === 0
    if (!isFirst && !this.exchanges.includes(exchange)) this.alternates.add(exchange)
    super.addExchange(exchange)
  }
}
