import type { FieldTable } from 'amqp-codec'
import { Access } from '../auth/access.ts'
import { systemClock } from '../base/clock.ts'
import { Happenings } from '../base/happenings.ts'
import { silentLogger } from '../base/logger.ts'
import { Turn } from '../base/turn.ts'
import { COMPAT_PROFILES, type CompatProfile } from '../config/compat.ts'
import type {
  BindingDefinition,
  ExchangeDefinition,
  QueueDefinition,
} from '../definitions/definition.ts'
import { type DefinitionStore, noDefinitions } from '../definitions/definition-store.ts'
import { DefaultMatcher } from '../exchange/default.ts'
import type { PublishOutcome, QueueDestination } from '../exchange/destination.ts'
import {
  type Binding,
  type Destination,
  Exchange,
  type ExchangeProperties,
} from '../exchange/exchange.ts'
import type { Route } from '../exchange/route.ts'
import { Router } from '../exchange/router.ts'
import { copyKeys } from '../message/copy-keys.ts'
import type { Message } from '../message/message.ts'
import type { EffectivePolicy, VhostPolicies } from '../policy/vhost-policies.ts'
import { queueTypeOf } from '../queue/arguments.ts'
import type { ExclusiveOwner, Queue, QueueEvents, QueueProperties } from '../queue/queue.ts'
import { priorityLevelsOf } from '../queue/settings.ts'
import { exchangeInUse, notOnDefaultExchange, systemExchangeDeletion } from '../reasons.ts'
import { AppliedTopology } from './applied-topology.ts'
import { type BindingRequest, BindingResolver } from './binding-resolver.ts'
import { BindingTable } from './binding-table.ts'
import { DeadLetterTargets } from './dead-letter-targets.ts'
import { DeadLetters } from './dead-letters.ts'
import { delayQueueFactory } from './delay-queue-factory.ts'
import { assertDeletable, type DeletionGuard } from './deletion-guard.ts'
import { DepartedCounts } from './departed-counts.ts'
import { ExchangeMatchers } from './exchange-matchers.ts'
import { ExchangeRegistry } from './exchange-registry.ts'
import { Firehose, TRACE_EXCHANGE } from './firehose.ts'
import { MessageCounts } from './message-counts.ts'
import { MessagePairs } from './message-pairs.ts'
import { PolicyApplication } from './policy-application.ts'
import type { PublishRequest } from './publish-request.ts'
import { PublishRequests } from './publish-requests.ts'
import { QueueDelays } from './queue-delays.ts'
import { type QueueFactory, queueFactory } from './queue-factory.ts'
import { QueueRegistry } from './queue-registry.ts'
import { ReplyQueues } from './reply-queues.ts'
import { ToldTopology } from './told-topology.ts'
import type { VhostParts } from './vhost-parts.ts'

/** What is placed like a durable queue. */
const DURABLE = { durable: true, exclusiveOwner: null }

/**
 * A virtual host: a namespace of exchanges, queues and the bindings between them. What is deleted
 * takes with it what hangs on it, here and nowhere else. Owns no channel and no message.
 *
 * All changes take effect at once. Those of durable things are on their way to the store then:
 * whoever promises one to a client waits first for `queueStored`, `exchangeStored` or `bindingStored`.
 * These resolve when what became of the thing last is safe, and are undefined when it is already.
 * They reject with an AmqpError when it could not be stored: what was declared or bound is not there
 * any more, and what was deleted is to be deleted again.
 */
export class Vhost {
  readonly name: string
  /** Grows with every change that could change a route: what was routed before holds while it does. */
  topologyVersion = 0
  /** Connections that are open, and how many there may be. */
  connectionCount = 0
  /** Of channels that are no more, and of what came in other ways. */
  readonly counts: MessageCounts = new MessageCounts()
  readonly departedCounts: DepartedCounts = new DepartedCounts()
  connectionLimit: number = Number.POSITIVE_INFINITY
  /** Gets to see every message that clients publish or get, while somebody wants it. */
  firehose: Firehose | null = null
  /** Hears what happens here. */
  readonly happenings: Happenings
  readonly exchanges: ExchangeRegistry
  readonly queues: QueueRegistry
  readonly replyQueues: ReplyQueues
  readonly deadLetters: DeadLetters
  readonly deadLetterTargets: DeadLetterTargets
  /** How it follows what other nodes do. */
  readonly applied: AppliedTopology
  readonly delays: QueueDelays
  /** Who publishes and gets how much where. */
  readonly pairs: MessagePairs = new MessagePairs((queue) => this.queues.find(queue))
  /** What was published lately. */
  readonly #publishRequests = new PublishRequests()
  /** The broker's own, where nobody asks for something. */
  readonly #unrestricted: Access
  readonly #policies = new PolicyApplication()
  readonly #bindings = new BindingTable()
  readonly #resolver: BindingResolver
  readonly #router: Router
  readonly #definitions: DefinitionStore
  readonly #profile: CompatProfile
  readonly #turn: Turn
  readonly #node: string
  readonly #durable: ToldTopology
  readonly #createQueue: QueueFactory
  readonly #queueEvents: QueueEvents = {
    lastConsumerLeft: (queue) => {
      if (queue.autoDelete) this.deleteQueue(queue)
    },
    expired: (queue) => this.deleteQueue(queue),
    deadLetter: (letter) => this.deadLetters.publish(letter),
  }

  constructor(
    name: string,
    {
      definitions = noDefinitions,
      createQueue = queueFactory(),
      createDelayQueue = delayQueueFactory(),
      tickets = null,
      clock = systemClock,
      profile = COMPAT_PROFILES.lenient,
      logger = silentLogger,
      turn = new Turn(),
      node = '',
      happenings = new Happenings(),
    }: VhostParts = {},
  ) {
    this.name = name
    this.#profile = profile
    this.#unrestricted = Access.unrestricted('', name)
    this.#definitions = definitions
    this.#turn = turn
    this.#node = node
    this.happenings = happenings
    this.#durable = new ToldTopology(name, definitions, happenings)
    this.#createQueue = createQueue
    this.replyQueues = new ReplyQueues(name, createQueue, definitions, () => this.forgetRoutes())
    this.queues = new QueueRegistry(name, profile, (queue, properties) =>
      this.#newQueue(queue, properties),
    )
    const defaultExchange = new Exchange(
      '',
      { type: 'direct', durable: true, autoDelete: false, internal: false, arguments: new Map() },
      new DefaultMatcher((queue) => this.#findQueue(queue)),
    )
    const matchers = new ExchangeMatchers({
      deliver: (destination, message) => this.#deliver(destination, message),
      release: (exchange, message) => this.deliver(exchange, message),
      createDelayQueue,
      newKept: () => ({ id: definitions.newQueueIds(1), place: definitions.newPlace(DURABLE) }),
    })
    this.delays = new QueueDelays({
      vhost: name,
      createDelayQueue,
      newLogId: () => definitions.newQueueIds(1),
      started: (queue, delayId) =>
        this.#durable.changeQueue(queue, { delayId }, () => this.delays.delete(queue)),
    })
    this.exchanges = new ExchangeRegistry(name, defaultExchange, matchers)
    this.#resolver = new BindingResolver(this.exchanges, this.queues)
    this.applied = this.#newApplied()
    this.#router = new Router((exchange) => this.exchanges.find(exchange))
    this.deadLetterTargets = new DeadLetterTargets({
      bindings: this.#bindings,
      queues: () => this.queues.values(),
      findExchange: (exchange) => this.exchanges.find(exchange),
      route: (source, routingKeys) => this.#router.route(source, routingKeys, undefined),
      version: () => this.topologyVersion,
    })
    this.deadLetters = new DeadLetters({
      clock,
      logger: logger.child({ vhost: name }),
      tickets,
      findExchange: (exchange) => this.exchanges.find(exchange),
      route: (source, routingKeys, headers, message) =>
        this.#router.route(source, routingKeys, headers, message),
    })
  }

  #newApplied(): AppliedTopology {
    return new AppliedTopology({
      ...{ vhost: this, resolver: this.#resolver, durable: this.#durable },
      removeExchange: (exchange) => this.#removeExchange(exchange),
      dropBindings: (bindings) => this.#dropBindings(bindings),
      added: (subject) => {
        if (subject !== null) this.#policies.apply(subject)
        this.forgetRoutes()
      },
    })
  }

  /** Who changes them calls `applyPolicies` then. */
  get policies(): VhostPolicies {
    return this.#policies.policies
  }

  /** Tells exchanges and queues what policies say of them, where that is not the same any more. */
  applyPolicies(): void {
    // A queue that may be no longer than it is may go, or bring others into being.
    this.#policies.applyChanged([...this.exchanges.values(), ...this.queues.values()])
    this.forgetRoutes()
  }

  /** What is in force; undefined for the default exchange, which has no policies. */
  policyOf(subject: Exchange | Queue): EffectivePolicy | undefined {
    return this.#policies.inForce(subject)
  }

  /** Has copies of messages published to `amq.rabbitmq.trace`, or no longer. */
  trace(isOn: boolean): void {
    if (isOn === (this.firehose !== null)) return
    const [vhost, node, turn] = [this.name, this.#node, this.#turn]
    const publish = (message: Message): void => void this.deliver(TRACE_EXCHANGE, message)
    this.firehose = isOn ? new Firehose({ vhost, node, turn, publish }) : null
    // With it, no route is remembered.
    this.forgetRoutes()
  }

  /** What was published before may be routed elsewhere now, or not be permitted any more. */
  forgetRoutes(): void {
    this.topologyVersion++
  }

  /** Exchanges that look at more than routing keys and headers need the message. */
  route(
    exchange: Exchange,
    routingKeys: readonly string[],
    headers: FieldTable | undefined,
    message?: Message,
    route?: Route,
  ): Route {
    return this.#router.route(exchange, routingKeys, headers, message, route)
  }

  /** A `basic.publish` method frame's payload, `buffer[start, end)`, as the user sent it before. */
  findPublishRequest(access: Access, buffer: Buffer, start: number, end: number): PublishRequest {
    this.#publishRequests.version = this.topologyVersion
    return this.#publishRequests.find(access, buffer, start, end)
  }

  /** Whether that very queue is still there. What delays messages has no name, and knows that by itself. */
  hasQueue(queue: QueueDestination): boolean {
    return this.#findQueue(queue.name) === queue || queue.name === ''
  }

  #findQueue(name: string): Queue | undefined {
    return this.queues.find(name) ?? this.replyQueues.find(name)
  }

  /** Brings the broker's own message to where that exchange leads. Throws 404. */
  deliver(exchange: string, message: Message): PublishOutcome {
    return this.#deliver(this.exchanges.get(exchange), message)
  }

  /** Brings a message that was published before to a destination, and to where that leads. */
  #deliver(destination: Destination, message: Message): PublishOutcome {
    if (destination.kind === 'queue') return destination.publish(message)
    const { headers } = message
    const keys = [message.address.routingKey, ...copyKeys(headers)]
    const route = this.route(destination, keys, headers, message)
    return this.deadLetters.deliver(route.queues, message)
  }

  declareExchange(
    name: string,
    properties: ExchangeProperties,
    access: Access = this.#unrestricted,
  ): void {
    if (!this.exchanges.declare(name, properties, access)) return
    this.topologyVersion++
    const exchange = this.exchanges.get(name)
    this.#policies.apply(exchange)
    this.#durable.addExchange(exchange, () => this.#removeExchange(exchange))
  }

  exchangeStored(name: string): Promise<void> | undefined {
    return this.#durable.exchangeStored(name)
  }

  restoreExchange(definition: ExchangeDefinition): void {
    const { name, id, place, durable = true, ...properties } = definition
    // What is not durable keeps no messages.
    const kept = durable && id !== undefined ? { id, place } : undefined
    this.exchanges.add(name, { ...properties, durable }, kept)
    this.#durable.restoreExchange(this.exchanges.get(name), definition)
  }

  /** Deleting what is not there is fine. */
  deleteExchange(name: string, ifUnused: boolean, access: Access = this.#unrestricted): void {
    if (name === '') throw notOnDefaultExchange()
    if (name.startsWith('amq.')) throw systemExchangeDeletion(name, this.name)
    access.check('configure', 'exchange', name)
    const exchange = this.exchanges.find(name)
    if (exchange === undefined) return
    if (ifUnused && this.#bindings.hasSource(exchange)) throw exchangeInUse(name, this.name)
    this.#removeExchange(exchange)
  }

  declareQueue(
    name: string,
    properties: QueueProperties,
    owner: ExclusiveOwner,
    access: Access = this.#unrestricted,
  ): Queue {
    const before = this.queues.size
    const queue = this.queues.declare(name, properties, owner, access)
    if (this.queues.size !== before) this.topologyVersion++
    else queue.touch()
    this.#durable.queueDeclared(queue)
    return queue
  }

  queueStored(name: string): Promise<void> | undefined {
    return this.#durable.queueStored(name)
  }

  restoreQueue(definition: QueueDefinition): void {
    const { name, id, place, durable = true, exclusive, delayId, isPaused, ...rest } = definition
    // Whose it is, if anybody's, is a connection of another node.
    const properties = { ...rest, durable, exclusiveOwner: exclusive ? {} : null }
    const [vhostName, events] = [this.name, this.#queueEvents]
    const queue = this.#createQueue({ name, vhostName, properties, events, id, place })
    this.queues.add(queue)
    this.#durable.restoreQueue(queue, definition)
    if (delayId !== undefined) this.delays.restore(queue, delayId)
    if (isPaused) queue.isPaused = true
  }

  /** Consumers get nothing from it while it is; everything else goes on. It outlives the process. */
  pauseQueue(queue: Queue, isPaused: boolean): void {
    if (queue.isPaused === isPaused) return
    queue.isPaused = isPaused
    this.#durable.changeQueue(queue, { isPaused }, () => {
      queue.isPaused = !isPaused
    })
  }

  /**
   * The queue, if it is there and may be deleted; deleting what is not there is fine. Throws 403, 405
   * and 406.
   */
  findDeletable(
    name: string,
    owner: ExclusiveOwner,
    unless: DeletionGuard,
    access: Access = this.#unrestricted,
  ): Queue | undefined {
    access.check('configure', 'queue', name)
    const queue = this.queues.find(name)
    if (queue === undefined) return undefined
    this.queues.assertAccess(queue, owner)
    assertDeletable(queue, unless)
    return queue
  }

  deleteQueue(queue: Queue): void {
    if (this.removeQueue(queue)) queue.delete()
  }

  /**
   * The first half of deleting a queue: nothing finds it any more, and the caller still has to end it.
   * False when that has happened before.
   */
  removeQueue(queue: Queue): boolean {
    if (this.queues.find(queue.name) !== queue) return false
    this.queues.delete(queue)
    this.delays.delete(queue)
    this.#durable.removeQueue(queue)
    this.#dropBindings(this.#bindings.to(queue))
    // Of nodes that know it, one has it.
    if (queue.isElsewhere !== true) this.departedCounts.add(queue)
    this.pairs.queueDeleted(queue)
    return true
  }

  /** The vhost itself goes, and everything in it. */
  deleteAll(): void {
    for (const queue of [...this.queues.values()]) this.deleteQueue(queue)
    for (const exchange of [...this.exchanges.values()]) this.#removeExchange(exchange)
  }

  /** A connection has gone, and its exclusive queues with it. */
  deleteExclusiveQueues(owner: ExclusiveOwner): Promise<unknown> | undefined {
    const queues = this.queues.ownedBy(owner)
    for (const queue of queues) this.deleteQueue(queue)
    const stored = queues.flatMap(({ name }) => this.queueStored(name) ?? [])
    return stored.length === 0 ? undefined : Promise.allSettled(stored)
  }

  bind(request: BindingRequest, owner: ExclusiveOwner, access: Access = this.#unrestricted): void {
    const binding = this.#resolver.resolve(request, owner, access)
    binding.source.matcher.validate?.(binding)
    if (!this.#bindings.add(binding)) return
    this.topologyVersion++
    this.#durable.addBinding(binding, () => this.#takeBack(binding))
  }

  /** All that somebody made: those of the default exchange are not among them. */
  get bindings(): Iterable<Binding> {
    return this.#bindings.values()
  }

  bindingsFrom(exchange: Exchange): Binding[] {
    return this.#bindings.from(exchange)
  }

  bindingsTo(destination: Destination): Binding[] {
    return this.#bindings.to(destination)
  }

  bindingStored(request: BindingRequest): Promise<void> | undefined {
    const { kind: destinationKind, ...names } = request
    return this.#durable.bindingStored({ ...names, destinationKind }, this.#resolver.find(request))
  }

  /** False when one of its ends is not there. */
  restoreBinding({ destinationKind, ...names }: BindingDefinition): boolean {
    const binding = this.#resolver.find({ ...names, kind: destinationKind })
    if (binding === undefined) return false
    this.#bindings.add(binding)
    return true
  }

  /** Removing what is not there is fine. */
  unbind(
    request: BindingRequest,
    owner: ExclusiveOwner,
    access: Access = this.#unrestricted,
  ): void {
    this.#resolver.assertPermitted(request, access)
    const like = this.#resolver.find(request)
    const binding = like && this.#bindings.find(like)
    if (binding === undefined) return
    // It is only asked whose the queue is when there is something to remove.
    if (request.kind === 'queue') this.queues.get(request.destination, owner)
    this.#dropBindings([binding])
  }

  /** Unlike `unbind`, it leaves alone an auto-delete exchange that was not bound before either. */
  #takeBack(binding: Binding): void {
    if (!this.#bindings.has(binding)) return
    this.topologyVersion++
    this.#bindings.remove(binding)
    this.#durable.removeBinding(binding)
  }

  #newQueue(name: string, given: QueueProperties): Queue {
    const levels = this.#profile.quorumPriorityLevels
    const hasLevels = levels > 1 && queueTypeOf(given.arguments) === 'quorum'
    const properties = hasLevels ? { ...given, priorityLevels: levels } : given
    const definitions = this.#definitions
    const isStored = properties.durable || definitions.storesTransient
    const place = definitions.newPlace(properties)
    // In a cluster the last of them is that of what is to come later, which any node may begin.
    const idCount = priorityLevelsOf(properties) + (place === undefined ? 0 : 1)
    const id = isStored ? definitions.newQueueIds(idCount) : null
    const [vhostName, events] = [this.name, this.#queueEvents]
    const queue = this.#createQueue({ name, vhostName, properties, events, id, place })
    this.#policies.apply(queue)
    this.#durable.addQueue(queue, { id, place }, () => this.deleteQueue(queue))
    return queue
  }

  #removeExchange(exchange: Exchange): void {
    if (this.exchanges.find(exchange.name) !== exchange) return
    this.#forgetExchange(exchange)
    this.#dropBindings(this.#bindings.from(exchange))
    this.#dropBindings(this.#bindings.to(exchange))
  }

  /**
   * Removes bindings. An auto-delete exchange goes with the last binding from it, and takes with it
   * the bindings to it, and so on: in a loop, since clients decide how long such a chain is.
   */
  #dropBindings(bindings: readonly Binding[]): void {
    this.topologyVersion++
    const left = [...bindings]
    for (let binding = left.pop(); binding !== undefined; binding = left.pop()) {
      const { source } = binding
      if (!this.#bindings.remove(binding)) continue
      this.#durable.removeBinding(binding)
      if (!this.#isAbandoned(source)) continue
      this.#forgetExchange(source)
      for (const next of this.#bindings.to(source)) left.push(next)
    }
  }

  #forgetExchange(exchange: Exchange): void {
    this.exchanges.delete(exchange)
    this.#durable.removeExchange(exchange)
    this.pairs.exchangeDeleted(exchange)
  }

  #isAbandoned(exchange: Exchange): boolean {
    const isDeclared = this.exchanges.find(exchange.name) === exchange
    return exchange.autoDelete && isDeclared && !this.#bindings.hasSource(exchange)
  }
}
