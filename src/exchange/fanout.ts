import type { FieldTable } from 'amqp-codec'
import type { Binding, ExchangeMatcher, MatchSink } from './exchange.ts'

/** `fanout`: every binding matches. Spec §3.1.3.2. */
export class FanoutMatcher implements ExchangeMatcher {
  readonly stable = true
  readonly #bindings = new Set<Binding>()

  add(binding: Binding): void {
    this.#bindings.add(binding)
  }

  remove(binding: Binding): void {
    this.#bindings.delete(binding)
  }

  match(_routingKey: string, _headers: FieldTable | undefined, route: MatchSink): void {
    for (const binding of this.#bindings) route.addBinding(binding)
  }
}
