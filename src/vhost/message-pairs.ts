import type { QueueDestination } from '../exchange/destination.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { QueueCounts } from '../queue/queue-counts.ts'
import type { TraceOrigin } from './firehose.ts'
import { PairTable } from './pair-table.ts'

/** What a channel has published to an exchange, and what became of it. */
export class PublishCounts {
  published = 0
  confirmed = 0
  /** Came back, since it was mandatory and went nowhere; was dropped, since it only went nowhere. */
  returned = 0
  dropped = 0
}

/** What was published to an exchange and went to a queue, by whatever bindings. */
export class RouteCounts {
  published = 0
}

/**
 * Which channels publish to which exchange, to which queues that goes, and which channels get it from there:
 * RabbitMQ's breakdown of message rates.
 */
export class MessagePairs {
  readonly published: PairTable<TraceOrigin, Exchange, PublishCounts> = new PairTable({
    newCounts: () => new PublishCounts(),
  })
  readonly routed: PairTable<Exchange, QueueDestination, RouteCounts>
  readonly delivered: PairTable<TraceOrigin, QueueDestination, QueueCounts>
  #lastRoute = new LastRoute()

  /** Queues that nobody finds, as those for direct replies, are left out. */
  constructor(findQueue: (name: string) => QueueDestination | undefined) {
    const isShown = (queue: QueueDestination): boolean => findQueue(queue.name) === queue
    this.routed = new PairTable({ newCounts: () => new RouteCounts(), isShown })
    this.delivered = new PairTable({ newCounts: () => new QueueCounts(), isShown })
  }

  /** Of a message that goes to these queues, which are found faster where the one before went. */
  countRouted(source: Exchange, queues: readonly QueueDestination[]): void {
    if (this.#lastRoute.source !== source) this.#lastRoute = new LastRoute(source)
    const last = this.#lastRoute
    for (let index = 0; index < queues.length; index++) {
      const queue = queues[index] as QueueDestination
      if (last.queues[index] !== queue) {
        last.queues[index] = queue
        last.counts[index] = this.routed.of(source, queue)
      }
      ;(last.counts[index] as RouteCounts).published++
    }
  }

  channelEnded(channel: TraceOrigin): void {
    this.published.forgetFrom(channel)
    this.delivered.forgetFrom(channel)
  }

  exchangeDeleted(exchange: Exchange): void {
    this.published.forgetTo(exchange)
    this.routed.forgetFrom(exchange)
    this.#lastRoute = new LastRoute()
  }

  queueDeleted(queue: QueueDestination): void {
    this.routed.forgetTo(queue)
    this.delivered.forgetTo(queue)
    this.#lastRoute = new LastRoute()
  }
}

/** Where messages went lately from one exchange: by their places in the route. */
class LastRoute {
  readonly source: Exchange | undefined
  readonly queues: QueueDestination[] = []
  readonly counts: RouteCounts[] = []

  constructor(source?: Exchange) {
    this.source = source
  }
}
