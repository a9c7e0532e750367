import type {
  BindingDefinition,
  ExchangeDefinition,
  NodePlace,
  QueueDefinition,
  QueuePlace,
} from '../definitions/definition.ts'
import type { Binding, Exchange } from '../exchange/exchange.ts'
import type { Queue } from '../queue/queue.ts'
import type { BindingResolver } from './binding-resolver.ts'
import type { DurableTopology } from './durable-topology.ts'
import type { ExchangeRegistry } from './exchange-registry.ts'
import type { QueueDelays } from './queue-delays.ts'
import type { QueueRegistry } from './queue-registry.ts'
import type { ReplyQueues } from './reply-queues.ts'

/** What other nodes define in a vhost. */
export type TopologyDefinition = ExchangeDefinition | QueueDefinition | BindingDefinition

/** A vhost, as far as it matters here. */
interface FollowingVhost {
  readonly exchanges: ExchangeRegistry
  readonly queues: QueueRegistry
  readonly delays: QueueDelays
  readonly replyQueues: ReplyQueues
  restoreExchange(definition: ExchangeDefinition): void
  restoreQueue(definition: QueueDefinition): void
  restoreBinding(definition: BindingDefinition): boolean
  deleteQueue(queue: Queue): void
}

export interface AppliedTopologyParts {
  readonly vhost: FollowingVhost
  readonly resolver: BindingResolver
  readonly durable: DurableTopology
  removeExchange(exchange: Exchange): void
  dropBindings(bindings: readonly Binding[]): void
  /** There is a new one: policies may be for it, and routes lead to it. */
  added(subject: Exchange | Queue | null): void
}

/**
 * Follows in a vhost's memory what other nodes of a cluster do to its exchanges, queues and bindings. Of
 * several that have one name, one after the other, each has its own id, which says which is meant.
 */
export class AppliedTopology {
  readonly #parts: AppliedTopologyParts

  constructor(parts: AppliedTopologyParts) {
    this.#parts = parts
  }

  /** See `DefinitionApplier`. */
  apply(definition: TopologyDefinition): boolean {
    switch (definition.kind) {
      case 'exchange':
        return this.#applyExchange(definition)
      case 'queue':
        return this.#applyQueue(definition)
      case 'binding':
        return this.#applyBinding(definition)
      default:
        return definition satisfies never
    }
  }

  /** See `DefinitionApplier`. */
  remove(definition: TopologyDefinition): void {
    const { durable, vhost } = this.#parts
    if (definition.kind === 'binding') {
      const binding = this.#find(definition)
      if (binding !== undefined) this.#parts.dropBindings([binding])
      return
    }
    const registry = definition.kind === 'exchange' ? vhost.exchanges : vhost.queues
    const there = registry.find(definition.name)
    if (there === undefined || durable.idOf(there) !== definition.id) return
    this.#remove(there)
  }

  /** Where in the cluster a queue is; undefined for a broker alone. */
  placeOf(queue: Queue): QueuePlace | undefined {
    return this.#parts.durable.placeOf(queue)
  }

  /** Deletes the queues that are in such places. */
  deleteQueuesOn(isGone: (place: NodePlace) => boolean): void {
    const { durable, vhost } = this.#parts
    for (const queue of [...vhost.queues.values()]) {
      const place = durable.placeOf(queue)
      if (place !== undefined && 'node' in place && isGone(place)) this.#remove(queue)
    }
    vhost.replyQueues.deleteOn(isGone)
  }

  #applyExchange(definition: ExchangeDefinition): boolean {
    const { durable, vhost } = this.#parts
    const { name, id } = definition
    const there = vhost.exchanges.find(name)
    // Of an exchange that is there nothing can change.
    if (there !== undefined && durable.idOf(there) === id) return true
    if (there !== undefined) this.#remove(there)
    vhost.restoreExchange(definition)
    this.#parts.added(vhost.exchanges.get(name))
    return true
  }

  #applyQueue(definition: QueueDefinition): boolean {
    const { durable, vhost } = this.#parts
    const { name, id } = definition
    const there = vhost.queues.find(name)
    if (there !== undefined && durable.idOf(there) === id) {
      this.#change(there, definition)
      return true
    }
    if (there !== undefined) this.#remove(there)
    vhost.restoreQueue(definition)
    this.#parts.added(vhost.queues.find(name) ?? null)
    return true
  }

  #change(queue: Queue, definition: QueueDefinition): void {
    const { durable, vhost } = this.#parts
    const { delayId, isPaused = false } = definition
    durable.restoreQueue(queue, definition)
    queue.isPaused = isPaused
    if (delayId !== undefined && vhost.delays.find(queue) === undefined) {
      vhost.delays.restore(queue, delayId)
    }
  }

  #applyBinding(definition: BindingDefinition): boolean {
    if (this.#find(definition) === undefined) return false
    this.#parts.vhost.restoreBinding(definition)
    this.#parts.added(null)
    return true
  }

  /** What such a binding is between those very ends. */
  #find(definition: BindingDefinition): Binding | undefined {
    const { resolver, durable } = this.#parts
    const { destinationKind: kind, sourceId, destinationId, ...names } = definition
    const binding = resolver.find({ ...names, kind })
    if (binding === undefined) return undefined
    const { source, destination } = binding
    const isMeant = durable.idOf(source) === sourceId && durable.idOf(destination) === destinationId
    return isMeant ? binding : undefined
  }

  #remove(subject: Exchange | Queue): void {
    if (subject.kind === 'exchange') this.#parts.removeExchange(subject)
    else this.#parts.vhost.deleteQueue(subject)
  }
}
