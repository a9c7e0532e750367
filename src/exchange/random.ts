import type { FieldTable } from 'amqp-codec'
import { localRandomBindingKey, localRandomDestination } from '../reasons.ts'
import type { Binding, ExchangeMatcher, MatchSink } from './exchange.ts'

/**
 * `x-random`: one of the bindings, whatever their keys are.
 * https://github.com/rabbitmq/rabbitmq-server/tree/main/deps/rabbitmq_random_exchange
 */
export class RandomMatcher implements ExchangeMatcher {
  readonly stable = false
  readonly firstKeyOnly = true
  readonly #random: () => number
  readonly #bindings: Binding[] = []
  readonly #places = new Map<Binding, number>()

  /** `random` gives numbers from 0 up to 1. */
  constructor(random: () => number = Math.random) {
    this.#random = random
  }

  add(binding: Binding): void {
    this.#places.set(binding, this.#bindings.length)
    this.#bindings.push(binding)
  }

  remove(binding: Binding): void {
    const place = this.#places.get(binding)
    if (place === undefined) return
    this.#places.delete(binding)
    // The last one takes its place.
    const last = this.#bindings.pop() as Binding
    if (last === binding) return
    this.#bindings[place] = last
    this.#places.set(last, place)
  }

  match(_routingKey: string, _headers: FieldTable | undefined, route: MatchSink): void {
    const { length } = this.#bindings
    if (length === 0) return
    route.addBinding(this.#bindings[Math.floor(this.#random() * length)] as Binding)
  }
}

/**
 * `x-local-random`: one of the bound queues that are on this node, which all are. Only queues can be
 * bound, without a key. https://www.rabbitmq.com/docs/local-random-exchange
 */
export class LocalRandomMatcher extends RandomMatcher {
  validate({ destination, routingKey }: Binding): void {
    if (routingKey !== '') throw localRandomBindingKey(routingKey)
    if (destination.kind !== 'queue') throw localRandomDestination()
  }
}
