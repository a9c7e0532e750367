import type { FieldTable } from 'amqp-codec'
import type { Binding, ExchangeMatcher, MatchSink } from './exchange.ts'
import { hashText } from './text-hash.ts'

/**
 * `x-modulus-hash`: of n bindings, whatever their keys are, the one whose number is the hash of the
 * routing key modulo n. https://www.rabbitmq.com/docs/sharding
 */
export class ModulusHashMatcher implements ExchangeMatcher {
  readonly stable = true
  readonly firstKeyOnly = true
  /** In an order of their own, so that a restart does not change where a routing key leads. */
  readonly #bindings: Binding[] = []

  add(binding: Binding): void {
    const at = this.#bindings.findIndex((other) => isBefore(binding, other))
    this.#bindings.splice(at < 0 ? this.#bindings.length : at, 0, binding)
  }

  remove(binding: Binding): void {
    this.#bindings.splice(this.#bindings.indexOf(binding), 1)
  }

  match(routingKey: string, _headers: FieldTable | undefined, route: MatchSink): void {
    const { length } = this.#bindings
    if (length > 0) route.addBinding(this.#bindings[hashText(routingKey) % length] as Binding)
  }
}

/** Bindings that differ in their arguments only are alike: it does not matter which comes first. */
function isBefore(a: Binding, b: Binding): boolean {
  const { destination: one } = a
  const { destination: other } = b
  if (one.kind !== other.kind) return one.kind < other.kind
  return one.name === other.name ? a.routingKey < b.routingKey : one.name < other.name
}
