import type { Access } from '../auth/access.ts'
import { uniqueName } from '../base/unique-name.ts'
import type { CompatProfile } from '../config/compat.ts'
import {
  comparedArguments,
  findForeignArgument,
  findInvalidArgument,
  queueTypeOf,
} from '../queue/arguments.ts'
import type { ExclusiveOwner, Queue, QueueProperties, QueueType } from '../queue/queue.ts'
import {
  foreignQueueArgument,
  inequivalentQueue,
  invalidArgumentType,
  invalidQueueArgument,
  invalidQueueProperty,
  noQueue,
  queueLimitReached,
  queueLocked,
  reservedQueueName,
  serverNamedQueue,
  transientQueuesNotPermitted,
} from '../reasons.ts'
import { assertSegmentBytes } from '../stream/retention.ts'
import { withDefaultType } from './default-queue-type.ts'
import { assertSameArgument, assertSameFlag, type Inequivalence } from './equivalence.ts'

/** A vhost's queues by name: how they come to be, who may use them, and when two are equal. */
export class QueueRegistry {
  readonly #vhostName: string
  /** How many there may be. */
  limit: number = Number.POSITIVE_INFINITY
  /** What queues are that say nothing of their type. */
  defaultType: QueueType | undefined
  readonly #profile: CompatProfile
  readonly #createQueue: (name: string, properties: QueueProperties) => Queue
  readonly #queues = new Map<string, Queue>()
  readonly #exclusive = new Map<ExclusiveOwner, Set<Queue>>()

  constructor(
    vhostName: string,
    profile: CompatProfile,
    createQueue: (name: string, properties: QueueProperties) => Queue,
  ) {
    this.#vhostName = vhostName
    this.#profile = profile
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
  declare(name: string, given: QueueProperties, owner: ExclusiveOwner, access: Access): Queue {
    const properties = name === '' ? given : withDefaultType(given, this.defaultType)
    const type = queueTypeOf(properties.arguments)
    if (name === '' && type !== 'classic') throw serverNamedQueue(type)
    if (name.startsWith('amq.')) throw reservedQueueName(name)
    const chosen = name === '' ? uniqueName('amq.gen-') : name
    access.check('configure', 'queue', chosen)
    const existing = this.#queues.get(chosen)
    if (existing === undefined) return this.#create(chosen, properties, access)
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

  #create(name: string, properties: QueueProperties, access: Access): Queue {
    this.#assertArguments(name, properties, access)
    this.#assertAllowed(name, properties)
    this.#assertProperties(name, properties)
    const queue = this.#createQueue(name, properties)
    this.add(queue)
    return queue
  }

  /** Throws 406 and 541. */
  #assertAllowed(name: string, { durable, exclusiveOwner }: QueueProperties): void {
    if (!durable && exclusiveOwner === null && !this.#profile.transientNonExclusiveQueues) {
      throw transientQueuesNotPermitted()
    }
    if (this.#queues.size >= this.limit) {
      throw queueLimitReached(name, this.#vhostName, this.limit)
    }
  }

  #assertArguments(name: string, { arguments: given }: QueueProperties, access: Access): void {
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
    // Who declares a queue must not have the broker write for it where it may not write itself.
    if (deadLetter !== undefined) {
      access.check('read', 'queue', name)
      access.check('write', 'exchange', deadLetter.value)
    }
    const invalid = findInvalidArgument(given)
    if (invalid !== undefined) {
      throw invalidQueueArgument(invalid.name, name, this.#vhostName, invalid.reason)
    }
    const version = given.get('x-queue-version')?.value
    if (!this.#profile.classicQueueVersion1 && version !== undefined && Number(version) === 1) {
      const reason = '"unsupported queue version \'1\'"'
      throw invalidQueueArgument('x-queue-version', name, this.#vhostName, reason)
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
