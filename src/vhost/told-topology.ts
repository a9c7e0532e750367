import type { Details, Happenings } from '../base/happenings.ts'
import type { DefinitionStore } from '../definitions/definition-store.ts'
import type { Binding, Exchange } from '../exchange/exchange.ts'
import type { Queue } from '../queue/queue.ts'
import { DurableTopology, type IdAndPlace } from './durable-topology.ts'

/**
 * Tells what happens to the exchanges, queues and bindings of a vhost, besides storing what is durable. What
 * another node does is told there.
 */
export class ToldTopology extends DurableTopology {
  readonly #vhostName: string
  readonly #store: DefinitionStore
  readonly #happenings: Happenings

  constructor(vhostName: string, store: DefinitionStore, happenings: Happenings) {
    super(vhostName, store)
    this.#vhostName = vhostName
    this.#store = store
    this.#happenings = happenings
  }

  override addExchange(exchange: Exchange, takeBack: () => void): void {
    super.addExchange(exchange, takeBack)
    const { name, type, durable, autoDelete, internal } = exchange
    this.#tell('exchange.created', () => ({
      name,
      type,
      durable,
      auto_delete: autoDelete,
      internal,
      arguments: exchange.arguments,
    }))
  }

  override removeExchange(exchange: Exchange): void {
    super.removeExchange(exchange)
    this.#tell('exchange.deleted', () => ({ name: exchange.name }))
  }

  /** It is asked for, whether it was there before or not. */
  queueDeclared({ name }: Queue): void {
    this.#tell('queue.declared', () => ({ name }))
  }

  override addQueue(queue: Queue, at: IdAndPlace, takeBack: () => void): void {
    super.addQueue(queue, at, takeBack)
    const { name, durable, autoDelete, exclusiveOwner } = queue
    this.#tell('queue.created', () => ({
      name,
      durable,
      auto_delete: autoDelete,
      exclusive: exclusiveOwner !== null,
      arguments: queue.arguments,
    }))
  }

  override removeQueue(queue: Queue): void {
    super.removeQueue(queue)
    this.#tell('queue.deleted', () => ({ name: queue.name }))
  }

  override addBinding(binding: Binding, takeBack: () => void): void {
    super.addBinding(binding, takeBack)
    this.#tell('binding.created', () => described(binding))
  }

  override removeBinding(binding: Binding): void {
    super.removeBinding(binding)
    this.#tell('binding.deleted', () => described(binding))
  }

  #tell(name: string, details: () => Details): void {
    if (this.#store.isFollowing) return
    this.#happenings.tell(name, () => ({ vhost: this.#vhostName, ...details() }))
  }
}

const described = ({ source, destination, routingKey, arguments: given }: Binding): Details => ({
  source_name: source.name,
  source_kind: 'exchange',
  destination_name: destination.name,
  destination_kind: destination.kind,
  routing_key: routingKey,
  arguments: given,
})
