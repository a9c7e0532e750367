import type { QueueDestination } from './destination.ts'
import type { Binding, Exchange, MatchSink } from './exchange.ts'
import { OrderedSet } from './ordered-set.ts'

/**
 * Where a message goes: each queue once, each exchange on the way once, which is also what ends
 * cycles of exchange-to-exchange bindings.
 */
export class Route implements MatchSink {
  /** How often `add` was called: tells whether an exchange matched anything at all. */
  matchCount = 0
  /**
   * Whether it holds for every message with the same address, until the topology changes: no
   * exchange on its way looked at more than the routing key.
   */
  stable = true
  readonly isTrial: boolean = false
  readonly #queues = new OrderedSet<QueueDestination>()
  readonly #exchanges = new OrderedSet<Exchange>()

  get queues(): readonly QueueDestination[] {
    return this.#queues.items
  }

  /** The exchanges reached so far, in the order in which they are to be matched. */
  get exchanges(): readonly Exchange[] {
    return this.#exchanges.items
  }

  addAll(bindings: Iterable<Binding>): void {
    for (const binding of bindings) this.addBinding(binding)
  }

  addBinding(binding: Binding): void {
    this.add(binding.destination)
  }

  add(destination: QueueDestination | Exchange): void {
    this.matchCount++
    if (destination.kind === 'exchange') this.#exchanges.add(destination)
    else this.#queues.add(destination)
  }

  addExchange(exchange: Exchange): void {
    this.#exchanges.add(exchange)
  }
}
