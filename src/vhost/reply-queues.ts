import type { NodePlace, QueuePlace } from '../definitions/definition.ts'
import type { DefinitionStore } from '../definitions/definition-store.ts'
import type { ExclusiveOwner, Queue, QueueEvents, QueueProperties } from '../queue/queue.ts'
import type { QueueFactory } from './queue-factory.ts'
import {
  newReplyQueueId,
  newReplyQueueName,
  type PlacedReplyQueue,
  readReplyQueueName,
} from './reply-queue-name.ts'

/** So many of other nodes are remembered, and half of them when there would be more: each time, routes are forgotten. */
const MOST_AWAY = 500

/**
 * Direct reply-to: a requester consumes from a pseudo-queue, and its requests carry the name of a
 * queue of its own that nobody declared, nobody sees listed, and that lives as long as the consumer. In a
 * cluster it is found by its name from any node.
 * https://www.rabbitmq.com/docs/direct-reply-to
 */
export class ReplyQueues {
  readonly #vhostName: string
  readonly #createQueue: QueueFactory
  readonly #definitions: Pick<DefinitionStore, 'newPlace'>
  readonly #onChange: () => void
  readonly #queues = new Map<string, Queue>()
  /** What stands here for those of other nodes, the one first that was not asked for the longest. */
  readonly #away = new Map<string, Queue>()
  /** This one, in a cluster, once it is known. */
  #ownNode: string | undefined

  /** `onChange` is called when there is a queue more, or one less, to route to. */
  constructor(
    vhostName: string,
    createQueue: QueueFactory,
    definitions: Pick<DefinitionStore, 'newPlace'>,
    onChange: () => void,
  ) {
    this.#vhostName = vhostName
    this.#createQueue = createQueue
    this.#definitions = definitions
    this.#onChange = onChange
  }

  /** One of another node may have gone: only that one knows. */
  find(name: string): Queue | undefined {
    return this.#queues.get(name) ?? this.#findAway(name)
  }

  /** Goes when its consumer does. */
  create(owner: ExclusiveOwner): Queue {
    const properties = propertiesOf(owner)
    const placed = this.#newPlaced(properties)
    const name = newReplyQueueName(placed)
    const events = { ...NO_EVENTS, lastConsumerLeft: () => this.#delete(queue) }
    const queue: Queue = this.#create(name, properties, events, placed)
    this.#queues.set(name, queue)
    this.#onChange()
    return queue
  }

  /** Deletes those that are in such places. */
  deleteOn(isGone: (place: NodePlace) => boolean): void {
    for (const queue of [...this.#queues.values(), ...this.#away.values()]) {
      const placed = readReplyQueueName(queue.name)
      if (placed !== undefined && isGone(placed.place)) this.#delete(queue)
    }
  }

  #delete(queue: Queue): void {
    this.#queues.delete(queue.name)
    this.#away.delete(queue.name)
    this.#onChange()
    queue.delete()
  }

  #newPlaced(properties: QueueProperties): PlacedReplyQueue | undefined {
    const place = this.#definitions.newPlace(properties)
    if (place === undefined || !('node' in place)) return undefined
    return { id: newReplyQueueId(), place }
  }

  #findAway(name: string): Queue | undefined {
    const known = this.#away.get(name)
    const queue = known ?? this.#createAway(name)
    if (queue === undefined) return undefined
    this.#away.delete(name)
    this.#away.set(name, queue)
    if (this.#away.size > MOST_AWAY) this.#forgetOldest()
    return queue
  }

  #forgetOldest(): void {
    for (const [name, queue] of this.#away) {
      if (this.#away.size <= MOST_AWAY / 2) break
      this.#away.delete(name)
      queue.delete()
    }
    this.#onChange()
  }

  #createAway(name: string): Queue | undefined {
    const placed = readReplyQueueName(name)
    if (placed === undefined) return undefined
    const properties = propertiesOf({})
    this.#ownNode ??= nodeOf(this.#definitions.newPlace(properties))
    // All of this node's own are known.
    if (this.#ownNode === undefined || this.#ownNode === placed.place.node) return undefined
    return this.#create(name, properties, NO_EVENTS, placed)
  }

  #create(
    name: string,
    properties: QueueProperties,
    events: QueueEvents,
    placed: PlacedReplyQueue | undefined,
  ): Queue {
    const vhostName = this.#vhostName
    const at = { id: placed?.id ?? null, place: placed?.place }
    return this.#createQueue({ name, vhostName, properties, events, ...at })
  }
}

const nodeOf = (place: QueuePlace | undefined): string | undefined =>
  place !== undefined && 'node' in place ? place.node : undefined

const propertiesOf = (exclusiveOwner: ExclusiveOwner): QueueProperties => ({
  durable: false,
  exclusiveOwner,
  autoDelete: true,
  arguments: new Map(),
})

/** It has neither arguments nor policies that could ask for more. */
const NO_EVENTS: QueueEvents = { lastConsumerLeft() {}, expired() {}, deadLetter() {} }
