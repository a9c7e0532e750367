import type { Exchange } from '../exchange/exchange.ts'
import type { Route } from '../exchange/route.ts'
import { ClassicQueue } from '../queue/classic-queue.ts'
import type { Queue } from '../queue/queue.ts'
import type { BindingTable } from './binding-table.ts'

export interface DeadLetterTargetsParts {
  readonly bindings: BindingTable
  queues(): Iterable<Queue>
  findExchange(name: string): Exchange | undefined
  route(source: Exchange, routingKeys: readonly string[]): Route
  /** Changes with all that this follows from. */
  version(): number
}

/** Exchanges where the routing key alone says where a message goes. */
const BY_KEY: ReadonlySet<string> = new Set(['direct', 'fanout', 'topic'])

/**
 * The queues that dead letters come to, as far as can be said before any has died: those that the exchanges
 * of other queues' dead letters lead to. Found anew only after exchanges, queues or policies changed.
 */
export class DeadLetterTargets {
  readonly #parts: DeadLetterTargetsParts
  #version = -1
  #targets: ReadonlySet<unknown> = new Set()

  constructor(parts: DeadLetterTargetsParts) {
    this.#parts = parts
  }

  has(queue: Queue): boolean {
    const version = this.#parts.version()
    if (version !== this.#version) {
      this.#targets = this.#find()
      this.#version = version
    }
    return this.#targets.has(queue)
  }

  #find(): ReadonlySet<unknown> {
    const targets = new Set<unknown>()
    const keysOf = new Map<string, Set<string | undefined>>()
    for (const queue of this.#parts.queues()) {
      if (!(queue instanceof ClassicQueue)) continue
      const { deadLetterExchange, deadLetterRoutingKey } = queue.settings
      if (deadLetterExchange === undefined) continue
      const keys = keysOf.get(deadLetterExchange) ?? new Set()
      keysOf.set(deadLetterExchange, keys.add(deadLetterRoutingKey))
    }
    for (const [name, keys] of keysOf) this.#follow(name, keys, targets)
    return targets
  }

  #follow(name: string, keys: ReadonlySet<string | undefined>, targets: Set<unknown>): void {
    const exchange = this.#parts.findExchange(name)
    if (exchange === undefined) return
    // A message that keeps its key may come to any of its queues; from the default exchange, to anywhere.
    if (keys.has(undefined) || !BY_KEY.has(exchange.type)) this.#addAll(exchange, targets)
    for (const key of keys) {
      if (key === undefined || !BY_KEY.has(exchange.type)) continue
      for (const queue of this.#parts.route(exchange, [key]).queues) targets.add(queue)
    }
  }

  /** All that is bound there, be it through other exchanges. */
  #addAll(exchange: Exchange, targets: Set<unknown>): void {
    if (targets.has(exchange)) return
    targets.add(exchange)
    for (const { destination } of this.#parts.bindings.from(exchange)) {
      if (destination.kind === 'exchange') this.#addAll(destination, targets)
      else targets.add(destination)
    }
  }
}
