import { uniqueName } from '../base/unique-name.ts'
import {
  comparedArguments,
  findForeignArgument,
  findInvalidArgument,
  queueTypeOf,
} from '../queue/arguments.ts'
import type { ExclusiveOwner, Queue, QueueProperties } from '../queue/queue.ts'
import {
  foreignQueueArgument,
  inequivalentQueue,
  invalidArgumentType,
  invalidQueueArgument,
  invalidQueueProperty,
  noQueue,
  queueLocked,
  reservedQueueName,
  serverNamedQueue,
} from '../reasons.ts'
import { assertSegmentBytes } from '../stream/retention.ts'
import { assertSameArgument, assertSameFlag, type Inequivalence } from './equivalence.ts'

/** A vhost's queues by name: how they come to be, who may use them, and when two are equal. */
export class QueueRegistry {
  readonly #vhostName: string
  readonly #createQueue: (name: string, properties: QueueProperties) => Queue
  readonly #queues = new Map<string, Queue>()
  readonly #exclusive = new Map<ExclusiveOwner, Set<Queue>>()

  constructor(
    vhostName: string,
    createQueue: (name: string, properties: QueueProperties) => Queue,
  ) {
    this.#vhostName = vhostName
    this.#createQueue = createQueue
  }

  get size(): number {
    return this.#queues.size
  }

  find(name: string): Queue | undefined {
    return this.#queues.get(name)
  }

  values(): IterableIterator<Queue> {
    return this.#queues.values()
  }

  /** The queue, for use by `owner`'s connection. Throws 404, or 405 when another one's. */
  get(name: string, owner: ExclusiveOwner): Queue {
    const queue = this.#queues.get(name)
    if (queue === undefined) throw noQueue(name, this.#vhostName)
    this.assertAccess(queue, owner)
    return queue
  }

  /** Throws 405. */
  assertAccess(queue: Queue, owner: ExclusiveOwner): void {
    if (queue.exclusiveOwner !== null && queue.exclusiveOwner !== owner) {
      throw queueLocked(queue.name, this.#vhostName)
    }
  }

  /**
   * Creates the queue, or finds an equal one; an empty name makes one up. Throws 403, 405 or 406 in
   * RabbitMQ's order of checks.
   */
  declare(name: string, properties: QueueProperties, owner: ExclusiveOwner): Queue {
    if (name === '') {
      const type = queueTypeOf(properties.arguments)
      if (type !== 'classic') throw serverNamedQueue(type)
      return this.#create(uniqueName('amq.gen-'), properties)
    }
    if (name.startsWith('amq.')) throw reservedQueueName(name)
    const existing = this.#queues.get(name)
    if (existing === undefined) return this.#create(name, properties)
    this.assertAccess(existing, owner)
    this.#assertEquivalent(existing, properties)
    return existing
  }

  /** Takes a queue that was declared at another time. */
  add(queue: Queue): void {
    this.#queues.set(queue.name, queue)
    const owner = queue.exclusiveOwner
    if (owner === null) return
    const owned = this.#exclusive.get(owner)
    if (owned === undefined) this.#exclusive.set(owner, new Set([queue]))
    else owned.add(queue)
  }

  delete(queue: Queue): void {
    this.#queues.delete(queue.name)
    if (queue.exclusiveOwner !== null) {
      const owned = this.#exclusive.get(queue.exclusiveOwner)
      owned?.delete(queue)
      if (owned?.size === 0) this.#exclusive.delete(queue.exclusiveOwner)
    }
  }

  /** A copy: they may be deleted while it is walked. */
  ownedBy(owner: ExclusiveOwner): Queue[] {
    return [...(this.#exclusive.get(owner) ?? [])]
  }

  #create(name: string, properties: QueueProperties): Queue {
    this.#assertArguments(name, properties)
    this.#assertProperties(name, properties)
    const queue = this.#createQueue(name, properties)
    this.add(queue)
    return queue
  }

  #assertArguments(name: string, { arguments: given }: QueueProperties): void {
    const deadLetter = given.get('x-dead-letter-exchange')
    if (deadLetter !== undefined && deadLetter.type !== 'S') {
      throw invalidArgumentType(
        'x-dead-letter-exchange',
        deadLetter,
        'queue',
        name,
        this.#vhostName,
      )
    }
    const invalid = findInvalidArgument(given)
    if (invalid !== undefined) {
      throw invalidQueueArgument(invalid.name, name, this.#vhostName, invalid.reason)
    }
    const type = queueTypeOf(given)
    const foreign = findForeignArgument(given)
    if (foreign !== undefined) throw foreignQueueArgument(foreign, name, this.#vhostName, type)
  }

  /** Queues that are kept on several nodes are durable, and nobody's. */
  #assertProperties(name: string, properties: QueueProperties): void {
    if (queueTypeOf(properties.arguments) === 'classic') return
    const refuse = (property: string) => invalidQueueProperty(property, name, this.#vhostName)
    if (properties.autoDelete) throw refuse('auto-delete')
    if (properties.exclusiveOwner !== null) throw refuse('exclusive-owner')
    if (!properties.durable) throw refuse('non-durable')
    assertSegmentBytes(properties.arguments)
  }

  #assertEquivalent(current: Queue, received: QueueProperties): void {
    const fail: Inequivalence = (property, a, b) =>
      inequivalentQueue(property, current.name, this.#vhostName, a, b)
    // The other connections' exclusive queues were refused before; this is the same one's.
    if ((current.exclusiveOwner === null) !== (received.exclusiveOwner === null)) {
      throw queueLocked(current.name, this.#vhostName)
    }
    assertSameFlag('durable', received.durable, current.durable, fail)
    assertSameFlag('auto_delete', received.autoDelete, current.autoDelete, fail)
    for (const argument of comparedArguments(current.type)) {
      if (argument !== 'x-queue-type' || queueTypeOf(received.arguments) !== current.type)
        assertSameArgument(argument, received.arguments, current.arguments, fail)
    }
  }
}
