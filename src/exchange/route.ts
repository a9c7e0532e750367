import type { QueueDestination } from './destination.ts'
import type { Binding, Exchange, MatchSink } from './exchange.ts'

/**
 * Where a message goes: each queue once, each exchange on the way once, which is also what ends
 * cycles of exchange-to-exchange bindings.
 */
export class Route implements MatchSink {
  readonly queues: QueueDestination[] = []
  /** The exchanges reached so far, in the order in which they are to be matched. */
  readonly exchanges: Exchange[] = []
  /**
   * Whether it holds for every message with the same address, until the topology changes: no
   * exchange on its way looked at more than the routing key.
   */
  stable = true
  #seen: Set<QueueDestination> | null = null
  /** How often `add` was called: tells whether an exchange matched anything at all. */
  matchCount = 0

  addAll(bindings: readonly Binding[]): void {
    for (let index = 0; index < bindings.length; index++) {
      this.add((bindings[index] as Binding).destination)
    }
  }

  add(destination: QueueDestination | Exchange): void {
    this.matchCount++
    if (destination.kind === 'exchange') this.addExchange(destination)
    else if (!this.#has(destination)) this.queues.push(destination)
  }

  addExchange(exchange: Exchange): void {
    if (!this.exchanges.includes(exchange)) this.exchanges.push(exchange)
  }

  /** A scan of a few is faster than a set; a wide fanout gets the set. */
  #has(queue: QueueDestination): boolean {
    if (this.#seen === null) {
      if (this.queues.length < SCAN_LIMIT) return this.queues.includes(queue)
      this.#seen = new Set(this.queues)
    }
    if (this.#seen.has(queue)) return true
    this.#seen.add(queue)
    return false
  }
}

const SCAN_LIMIT = 12
