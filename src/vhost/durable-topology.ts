import type {
  BindingDefinition,
  DefinitionName,
  QueueDefinition,
} from '../definitions/definition.ts'
import type { DefinitionStore } from '../definitions/definition-store.ts'
import type { Binding, Exchange } from '../exchange/exchange.ts'
import type { Queue } from '../queue/queue.ts'

/** What may change of a queue that is there. */
export type QueueChange = Partial<Pick<QueueDefinition, 'isPaused' | 'delayId'>>

/**
 * Tells the store what of a vhost is durable: exchanges and queues that were declared so, but for the
 * predeclared ones, and bindings between them. https://www.rabbitmq.com/docs/queues#durability
 *
 * A thing is removed before what hangs on it, so that who finds half of it can tell what was meant:
 * a binding without one of its ends is none.
 */
export class DurableTopology {
  readonly #vhost: string
  readonly #store: DefinitionStore
  /** What is stored of queues, by name: what changes of one is stored with all the rest of it. */
  readonly #queues = new Map<string, QueueDefinition>()

  constructor(vhostName: string, store: DefinitionStore) {
    this.#vhost = vhostName
    this.#store = store
  }

  addExchange(exchange: Exchange, takeBack: () => void): void {
    if (!exchange.durable) return
    const { name, type, autoDelete, internal } = exchange
    const names = { kind: 'exchange', vhost: this.#vhost, name } as const
    const definition = { ...names, type, autoDelete, internal, arguments: exchange.arguments }
    const id = exchange.matcher.logId ?? null
    this.#store.put(id === null ? definition : { ...definition, id }, takeBack)
  }

  removeExchange({ name, durable }: Exchange): void {
    if (durable) this.#store.delete(this.#exchange(name))
  }

  exchangeStored(name: string): Promise<void> | undefined {
    return this.#store.stored(this.#exchange(name))
  }

  /** `id` is null for a queue that is not durable. */
  addQueue(queue: Queue, id: number | null, takeBack: () => void): void {
    if (id === null) return
    const { name, autoDelete, priorityLevels } = queue
    const names = { kind: 'queue', vhost: this.#vhost, name } as const
    const levels = priorityLevels === undefined ? {} : { priorityLevels }
    const definition = { ...names, autoDelete, arguments: queue.arguments, id, ...levels }
    this.#queues.set(name, definition)
    this.#store.put(definition, takeBack)
  }

  restoreQueue(definition: QueueDefinition): void {
    this.#queues.set(definition.name, definition)
  }

  /** Nothing when the queue is not durable. If it cannot be stored, the queue is as it was before. */
  changeQueue({ name }: Queue, change: QueueChange, takeBack: () => void): void {
    const before = this.#queues.get(name)
    if (before === undefined) return
    const definition = { ...before, ...change }
    this.#queues.set(name, definition)
    this.#store.put(definition, () => {
      if (this.#queues.get(name) !== definition) return
      this.#queues.set(name, before)
      this.#store.put(before, () => {})
      takeBack()
    })
  }

  removeQueue({ name, durable }: Queue): void {
    if (!durable) return
    this.#queues.delete(name)
    this.#store.delete(this.#queue(name))
  }

  queueStored(name: string): Promise<void> | undefined {
    return this.#store.stored(this.#queue(name))
  }

  addBinding(binding: Binding, takeBack: () => void): void {
    if (isDurable(binding)) this.#store.put(this.#definitionOf(binding), takeBack)
  }

  removeBinding(binding: Binding): void {
    if (isDurable(binding)) this.#store.delete(this.#definitionOf(binding))
  }

  bindingStored(names: Omit<BindingDefinition, 'kind' | 'vhost'>): Promise<void> | undefined {
    return this.#store.stored({ kind: 'binding', vhost: this.#vhost, ...names })
  }

  #exchange(name: string): DefinitionName {
    return { kind: 'exchange', vhost: this.#vhost, name }
  }

  #queue(name: string): DefinitionName {
    return { kind: 'queue', vhost: this.#vhost, name }
  }

  #definitionOf({ source, destination, ...rest }: Binding): BindingDefinition {
    return {
      kind: 'binding',
      vhost: this.#vhost,
      source: source.name,
      destinationKind: destination.kind,
      destination: destination.name,
      ...rest,
    }
  }
}

/** A binding lasts as long as both its ends do. */
function isDurable({ source, destination }: Binding): boolean {
  // What is bound in a vhost is one of its own queues, of which routing need not know as much.
  return source.durable && (destination as Exchange | Queue).durable
}
