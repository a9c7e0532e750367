import type { FieldTable } from 'amqp-codec'
import type { Binding, ExchangeMatcher, MatchSink } from './exchange.ts'

/** `direct`: the routing key equals the binding key. Spec §3.1.3.1. */
export class DirectMatcher implements ExchangeMatcher {
  readonly stable = true
  readonly #byKey = new Map<string, Set<Binding>>()

  add(binding: Binding): void {
    const bindings = this.#byKey.get(binding.routingKey)
    if (bindings === undefined) this.#byKey.set(binding.routingKey, new Set([binding]))
    else bindings.add(binding)
  }

  remove(binding: Binding): void {
    const bindings = this.#byKey.get(binding.routingKey)
    bindings?.delete(binding)
    if (bindings?.size === 0) this.#byKey.delete(binding.routingKey)
  }

  match(routingKey: string, _headers: FieldTable | undefined, route: MatchSink): void {
    const bindings = this.#byKey.get(routingKey)
    if (bindings !== undefined) route.addAll(bindings)
  }
}
