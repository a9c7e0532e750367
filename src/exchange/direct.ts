import type { FieldTable } from 'amqp-codec'
import type { Binding, ExchangeMatcher, MatchSink } from './exchange.ts'

/** `direct`: the routing key equals the binding key. Spec §3.1.3.1. */
export class DirectMatcher implements ExchangeMatcher {
  readonly stable = true
  readonly #byKey = new Map<string, Binding[]>()

  add(binding: Binding): void {
    const bindings = this.#byKey.get(binding.routingKey)
    if (bindings === undefined) this.#byKey.set(binding.routingKey, [binding])
    else bindings.push(binding)
  }

  remove(binding: Binding): void {
    const bindings = this.#byKey.get(binding.routingKey) ?? []
    const index = bindings.indexOf(binding)
    if (index >= 0) bindings.splice(index, 1)
    if (bindings.length === 0) this.#byKey.delete(binding.routingKey)
  }

  match(routingKey: string, _headers: FieldTable | undefined, route: MatchSink): void {
    const bindings = this.#byKey.get(routingKey)
    if (bindings !== undefined) route.addAll(bindings)
  }
}
