import type { FieldTable } from 'amqp-codec'
import type { QueueDestination } from './destination.ts'
import type { ExchangeMatcher, MatchSink } from './exchange.ts'

/**
 * The default exchange: every queue is bound to it by its name, and nothing else can be. Spec
 * §3.1.3.1. The bindings are not kept: the registry of queues is the index.
 */
export class DefaultMatcher implements ExchangeMatcher {
  readonly stable = true
  readonly #findQueue: (name: string) => QueueDestination | undefined

  constructor(findQueue: (name: string) => QueueDestination | undefined) {
    this.#findQueue = findQueue
  }

  add(): never {
    throw new Error('the default exchange takes no bindings')
  }

  remove(): never {
    throw new Error('the default exchange takes no bindings')
  }

  match(routingKey: string, _headers: FieldTable | undefined, route: MatchSink): void {
    const queue = this.#findQueue(routingKey)
    if (queue !== undefined) route.add(queue)
  }
}
