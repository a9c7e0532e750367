import { randomInt } from 'node:crypto'
import type {
  BindingDefinition,
  DefinitionName,
  QueueDefinition,
  QueuePlace,
} from '../definitions/definition.ts'
import type { DefinitionStore } from '../definitions/definition-store.ts'
import type { Binding, Destination, Exchange } from '../exchange/exchange.ts'
import type { Queue } from '../queue/queue.ts'

/** What may change of a queue that is there. */
export type QueueChange = Partial<Pick<QueueDefinition, 'isPaused' | 'delayId'>>

/** What is known of a queue besides what it was declared with. */
export interface IdAndPlace {
  readonly id: number | null
  readonly place: QueuePlace | undefined
}

type BindingNames = Omit<BindingDefinition, 'kind' | 'vhost'>

/**
 * Tells the store what of a vhost is durable, or all of it where other nodes need to know: exchanges and
 * queues that were declared so, but for the predeclared ones, and bindings between them. https://www.rabbitmq.com/docs/queues#durability
 *
 * A thing is removed before what hangs on it, so that who finds half of it can tell what was meant:
 * a binding without one of its ends is none.
 */
export class DurableTopology {
  readonly #vhost: string
  readonly #store: DefinitionStore
  /** What is stored of queues, by name: what changes of one is stored with all the rest of it. */
  readonly #queues = new Map<string, QueueDefinition>()
  /** What tells an exchange or queue of the cluster from others that had its name. */
  readonly #ids = new WeakMap<Destination, number>()

  constructor(vhostName: string, store: DefinitionStore) {
    this.#vhost = vhostName
    this.#store = store
  }

  addExchange(exchange: Exchange, takeBack: () => void): void {
    if (!this.#isStored(exchange)) return
    const { name, type, autoDelete, internal } = exchange
    const names = { kind: 'exchange', vhost: this.#vhost, name } as const
    const { kept } = exchange.matcher
    const definition = {
      ...{ ...names, type, autoDelete, internal, arguments: exchange.arguments },
      ...(exchange.durable ? {} : { durable: false as const }),
      ...(kept?.place === undefined ? {} : { place: kept.place }),
    }
    const id = kept?.id ?? (this.#store.storesTransient ? newExchangeId() : null)
    this.#noteId(exchange, id)
    this.#store.put(id === null ? definition : { ...definition, id }, takeBack)
  }

  restoreExchange(exchange: Exchange, { id = null }: { readonly id?: number | null }): void {
    this.#noteId(exchange, id)
  }

  removeExchange(exchange: Exchange): void {
    if (this.#isStored(exchange)) this.#store.delete(this.#exchange(exchange.name))
  }

  exchangeStored(name: string): Promise<void> | undefined {
    return this.#store.stored(this.#exchange(name))
  }

  /** `id` is null for a queue that is not stored. */
  addQueue(queue: Queue, { id, place }: IdAndPlace, takeBack: () => void): void {
    if (id === null) return
    const { name, autoDelete, priorityLevels } = queue
    const definition: QueueDefinition = {
      ...{ kind: 'queue', vhost: this.#vhost, name, autoDelete, arguments: queue.arguments, id },
      ...(queue.durable ? {} : { durable: false }),
      ...(queue.exclusiveOwner === null ? {} : { exclusive: true }),
      ...(place === undefined ? {} : { place }),
      ...(priorityLevels === undefined ? {} : { priorityLevels }),
    }
    this.restoreQueue(queue, definition)
    this.#store.put(definition, takeBack)
  }

  restoreQueue(queue: Queue, definition: QueueDefinition): void {
    this.#queues.set(definition.name, definition)
    this.#noteId(queue, definition.id)
  }

  /** What tells it from others of its name in a cluster; those that were not declared have none. */
  idOf(end: Destination): number | undefined {
    return this.#ids.get(end)
  }

  /** Undefined for a broker alone. */
  placeOf({ name }: Queue): QueuePlace | undefined {
    return this.#queues.get(name)?.place
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
      this.#store.put(before)
      takeBack()
    })
  }

  removeQueue(queue: Queue): void {
    if (!this.#isStored(queue)) return
    this.#queues.delete(queue.name)
    this.#store.delete(this.#queue(queue.name))
  }

  queueStored(name: string): Promise<void> | undefined {
    return this.#store.stored(this.#queue(name))
  }

  addBinding(binding: Binding, takeBack: () => void): void {
    if (this.#isLasting(binding)) this.#store.put(this.#definitionOf(binding), takeBack)
  }

  removeBinding(binding: Binding): void {
    if (this.#isLasting(binding)) this.#store.delete(this.#definitionOf(binding))
  }

  /** `found` is what is between those ends now, undefined when one of them is not there. */
  bindingStored(names: BindingNames, found: Binding | undefined): Promise<void> | undefined {
    if (!this.#store.storesTransient) {
      return this.#store.stored({ kind: 'binding', vhost: this.#vhost, ...names })
    }
    if (found !== undefined) return this.#store.stored(this.#definitionOf(found))
    // It has gone together with one of its ends.
    const { source, destination, destinationKind } = names
    const isToQueue = destinationKind === 'queue'
    return (
      this.exchangeStored(source) ??
      (isToQueue ? this.queueStored(destination) : this.exchangeStored(destination))
    )
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
      ...withId('sourceId', this.#ids.get(source)),
      ...withId('destinationId', this.#ids.get(destination)),
    }
  }

  #isStored({ durable }: Exchange | Queue): boolean {
    return durable || this.#store.storesTransient
  }

  /** A binding lasts as long as both its ends do. */
  #isLasting({ source, destination }: Binding): boolean {
    // What is bound in a vhost is one of its own queues, of which routing need not know as much.
    return this.#isStored(source) && this.#isStored(destination as Exchange | Queue)
  }

  /** A broker alone knows what a name means. */
  #noteId(end: Exchange | Queue, id: number | null): void {
    if (id !== null && this.#store.storesTransient) this.#ids.set(end, id)
  }
}

/** What no other exchange has: made by chance, so that nobody has to be asked. */
const newExchangeId = (): number => randomInt(1, MAX_RANDOM)

const MAX_RANDOM = 2 ** 48 - 1

const withId = <Name extends string>(
  name: Name,
  id: number | undefined,
): { readonly [Key in Name]?: number } => (id === undefined ? {} : { [name]: id }) as never
