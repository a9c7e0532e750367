import type { FieldTable } from 'amqp-codec'
import type { Clock } from '../base/clock.ts'
import type { PolicyDefinition } from '../definitions/definition.ts'
import { ACCEPTED, type PublishOutcome, REJECTED } from '../exchange/destination.ts'
import type { Message } from '../message/message.ts'
import type { QueueLog } from '../message-log/queue-log.ts'
import { queueInExclusiveUse } from '../reasons.ts'
import type { QueueBrowser } from './browsing.ts'
import { type ClaimId, Claims } from './claims.ts'
import type { ClassicQueueParts } from './classic-queue-parts.ts'
import { ConsumerRing, type ConsumerTurns } from './consumer-ring.ts'
import { Departures } from './departures.ts'
import { Evictions } from './evictions.ts'
import { IdleExpiry } from './idle-expiry.ts'
import { Lane } from './lane.ts'
import { Lanes } from './lanes.ts'
import { LeavingMessages } from './leaving-messages.ts'
import { PausedConsumers } from './paused-consumers.ts'
import type {
  DeadLetterReason,
  ExclusiveOwner,
  Place,
  Queue,
  QueueConsumer,
  QueuedMessage,
  QueueEvents,
  QueueType,
  TakenPlace,
} from './queue.ts'
import { QueueCounts } from './queue-counts.ts'
import { memoryOnly } from './queue-storage.ts'
import { ReadyBrowser } from './ready-browser.ts'
import { priorityLevelsOf, type QueueSettings, queueSettings } from './settings.ts'
import { SingleActive } from './single-active.ts'

/** The sequence of what was refused. */
const NEVER_IN = -1
const NO_POLICY: PolicyDefinition = new Map()

/**
 * The queue engine: who gets which message, in which order. Synchronous and deterministic; it knows
 * neither channels nor the wire, and keeps one rule at all times: while messages are ready in memory,
 * no consumer waits that could take one. A durable queue tells its log of every persistent message
 * that it gets, gives away and is rid of, and never waits for it.
 *
 *     publish ─▶ ready ─▶ unacked (the consumer's) ─▶ acknowledged or rejected: gone
 *                │ ▲          │
 *                │ └─ requeue ┘  to its old place
 *                └─▶ expired, or too many: dropped
 *
 * What is dropped or rejected is dead-lettered where the settings say so.
 */
export class ClassicQueue implements Queue {
  readonly kind = 'queue'
  readonly type: QueueType = 'classic'
  readonly name: string
  readonly vhostName: string
  readonly durable: boolean
  /** Null once the queue is deleted: routes that were kept for it must not keep a connection. */
  exclusiveOwner: ExclusiveOwner | null
  readonly autoDelete: boolean
  readonly arguments: FieldTable
  readonly priorityLevels?: number
  readonly counts: QueueCounts = new QueueCounts()

  readonly #events: QueueEvents
  readonly #lanes: Lanes
  #consumers: ConsumerTurns
  protected readonly singleActiveConsumer: boolean
  readonly #evictions: Evictions
  readonly #clock: Clock
  /** Most queues have none of these: there are many, and mostly idle. */
  #departures: Departures | undefined
  #leaving: LeavingMessages | undefined
  #idleExpiry: IdleExpiry | undefined
  #settings: QueueSettings
  #exclusiveConsumer = false
  #unackedCount = 0
  /** Those that wait for messages to be read back. */
  readonly #waiting: (() => void)[] = []
  #deleted = false

  constructor({
    name,
    vhostName,
    properties,
    events,
    storage = memoryOnly(),
    logOf = () => null,
    levelOf,
    keepsTransient = false,
    awaitsClaims = false,
  }: ClassicQueueParts) {
    this.name = name
    this.vhostName = vhostName
    this.durable = properties.durable
    this.exclusiveOwner = properties.exclusiveOwner
    this.autoDelete = properties.autoDelete
    this.arguments = properties.arguments
    if (properties.priorityLevels !== undefined) this.priorityLevels = properties.priorityLevels
    this.#events = events
    this.singleActiveConsumer = properties.arguments.get('x-single-active-consumer')?.value === true
    this.#consumers = this.singleActiveConsumer ? new SingleActive() : new ConsumerRing()
    const goOn = (): void => this.#goOn()
    this.#lanes = new Lanes(
      priorityLevelsOf(properties),
      (priority) => new Lane(logOf(priority), storage, goOn, keepsTransient),
      (priority) => isUsed(logOf(priority)),
      levelOf,
    )
    this.#settings = this.#settingsWith(NO_POLICY)
    const { clock } = storage
    this.#evictions = new Evictions(
      {
        ...{ lanes: this.#lanes, clock, goOn },
        drop: (place, reason) => this.drop(place, reason),
        mustWait: () => this.#leaving?.areMany === true,
      },
      this.#settings,
    )
    this.#clock = clock
    if (awaitsClaims) this.#evictions.hold()
    this.#expireIdle()
    this.#evictions.dropDue()
  }

  get settings(): QueueSettings {
    return this.#settings
  }

  get consumerTimeoutMs(): number | undefined {
    return this.#settings.consumerTimeoutMs
  }

  get readyCount(): number {
    return this.#lanes.length
  }

  /** Octets of the bodies of messages that are ready. */
  get readyBytes(): number {
    return this.#lanes.bodyBytes
  }

  get unackedCount(): number {
    return this.#unackedCount + (this.#departures?.count ?? 0)
  }

  get consumerCount(): number {
    return this.#consumers.size
  }

  counted(): undefined {}

  whenTold(): undefined {}

  get activeConsumer(): QueueConsumer | null | undefined {
    const consumers = this.#consumers
    const turns = consumers instanceof PausedConsumers ? consumers.turns : consumers
    return turns instanceof SingleActive ? turns.active : null
  }

  get isPaused(): boolean {
    return this.#consumers instanceof PausedConsumers
  }

  set isPaused(isPaused: boolean) {
    const consumers = this.#consumers
    if (consumers instanceof PausedConsumers === isPaused) return
    // So that nothing has to be asked for each message.
    this.#consumers =
      consumers instanceof PausedConsumers ? consumers.turns : new PausedConsumers(consumers)
    this.#dispatch()
  }

  applyPolicy(definition: PolicyDefinition): void {
    this.#settings = this.#settingsWith(definition)
    this.#evictions.settings = this.#settings
    this.#expireIdle()
    this.#evictions.dropDue()
  }

  /** `isAgain`: somebody may have had it, from an owner that had not stored it yet; it is redelivered. */
  publish(message: Message, isAgain = false): PublishOutcome {
    if (this.#deleted) return ACCEPTED
    this.counts.published++
    const evictions = this.#evictions
    if (evictions.refuses(message)) return this.#refuse(message)
    const lane = this.#lanes.of(message)
    const expiresAt = evictions.expiryOf(message)
    if (this.#lanes.isEmpty && !isAgain) {
      const consumer = this.#consumers.next()
      if (consumer !== undefined) return this.#publishTo(consumer, lane, message, expiresAt)
    }
    const outcome = lane.push(message, expiresAt, isAgain)
    if (expiresAt !== 0 || evictions.isLimited) evictions.dropDue()
    // What is being read back may be of a lower priority.
    if (this.#lanes.arePriorities || isAgain) this.#dispatch()
    return outcome
  }

  refuses(message: Message): boolean {
    return !this.#deleted && this.#evictions.refuses(message)
  }

  #refuse(message: Message): PublishOutcome {
    if (this.#settings.overflow === 'reject-publish-dlx')
      this.#deadLetter({ message, sequence: NEVER_IN }, 'maxlen', null)
    return REJECTED
  }

  /** What a consumer gets that does not acknowledge has left the queue before it was stored. */
  #publishTo(
    consumer: QueueConsumer,
    lane: Lane,
    message: Message,
    expiresAt: number,
  ): PublishOutcome {
    const sequence = lane.newSequence()
    let outcome: PublishOutcome = ACCEPTED
    if (!consumer.noAck) {
      this.#unackedCount++
      outcome = lane.pushTaken(message, sequence, expiresAt)
    }
    this.deliver(consumer, message, sequence, false)
    return outcome
  }

  protected deliver(
    consumer: QueueConsumer,
    message: Message,
    sequence: number,
    redelivered: boolean,
  ): void {
    consumer.deliver(message, sequence, redelivered)
  }

  consume(consumer: QueueConsumer, exclusive: boolean): undefined {
    const isShared = this.#consumers.size > 0 || this.singleActiveConsumer
    if (this.#exclusiveConsumer || (exclusive && isShared)) {
      throw queueInExclusiveUse(this.name, this.vhostName)
    }
    this.#exclusiveConsumer = exclusive
    this.#consumers.add(consumer)
    this.touch()
    this.#dispatch()
  }

  cancel(consumer: QueueConsumer): void {
    if (!this.#consumers.delete(consumer)) return
    if (this.#consumers.size > 0) {
      // It may have been the one that got everything.
      if (this.singleActiveConsumer) this.#dispatch()
      return
    }
    this.#exclusiveConsumer = false
    this.touch()
    this.#events.lastConsumerLeft(this)
  }

  resume(consumer: QueueConsumer): void {
    this.#consumers.resume(consumer)
    this.#dispatch()
  }

  get isLoading(): boolean {
    return this.#evictions.isPending || this.#lanes.first?.ready.isLoading === true
  }

  whenLoaded(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
    })
  }

  get(noAck: boolean): QueuedMessage | undefined {
    this.touch()
    if (!this.#evictions.dropExpired()) return undefined
    const lane = this.#lanes.first
    const message = lane?.ready.shift()
    if (lane === undefined || message === undefined) return undefined
    const { sequence, redelivered } = lane.ready
    if (!noAck) this.#unackedCount++
    lane.taken(message, noAck)
    lane.flushTaken()
    // There is another message at the head now, which may expire.
    this.#evictions.dropExpired()
    return { message, sequence, redelivered, sent: message }
  }

  browser(): QueueBrowser {
    return new ReadyBrowser({
      lanes: this.#lanes,
      deliveryCountOf: (place) => this.deliveryCountOf(place),
      left: (place) => this.left(place),
      queue: this,
      held: () => {
        this.#unackedCount++
        this.#goOn()
      },
    })
  }

  /** How often it came back, if that is counted. */
  protected deliveryCountOf(_place: Place): number | undefined {
    return undefined
  }

  /** Somebody took it out of what is ready, for good. */
  protected left(_place: Place): void {
    // What is first now may be due, or waited for.
    this.#goOn()
  }

  /** Where a message stands, together with its sequence, in words for other processes. */
  priorityOf(message: Message): number {
    return this.#lanes.priorityOf(message)
  }

  /**
   * Gives what is ready at these places to somebody who had it when the queue was another process's, as if
   * it had just been delivered; undefined for what is not there, or has expired, and for what came only to
   * this process. Rejects, and gives nothing, when what is stored cannot be read.
   */
  async claim(ids: readonly ClaimId[]): Promise<readonly (Place | undefined)[]> {
    const claims = await Claims.read(this.#lanes, ids)
    const places = claims.take(this.#clock.wallTime())
    this.#unackedCount += places.filter((place) => place !== undefined).length
    // What was being read may have been all of it.
    this.#goOn()
    return places
  }

  /** Nobody has anything to claim any more. */
  begin(): void {
    this.#evictions.release()
  }

  acknowledge(places: readonly Place[]): void {
    this.#unackedCount -= places.length
    this.#lanes.settle(places)
  }

  reject(places: readonly Place[]): void {
    this.giveUp(places, 'rejected')
  }

  requeue(places: readonly Place[]): void {
    this.#comeBack(places, () => false)
  }

  /** The same, of what whoever had it has shown to nobody: it is no more redelivered than it was. */
  putBack(places: readonly TakenPlace[]): void {
    this.#comeBack(places, ({ redelivered }) => !redelivered)
  }

  purge(): number {
    let count = 0
    for (const lane of this.#lanes.all) count += lane.purge()
    this.#wakeWaiting()
    return count
  }

  delete(): void {
    this.#deleted = true
    this.exclusiveOwner = null
    this.#evictions.stop()
    this.#departures?.stop()
    this.#idleExpiry?.stop()
    for (const lane of this.#lanes.all) lane.drop()
    this.#wakeWaiting()
    const consumers = [...this.#consumers.keys()]
    this.#consumers.clear()
    for (const consumer of consumers) consumer.cancelled()
  }

  /** It is another process's now: does nothing by itself any more, and says nothing to anybody. */
  abandon(): void {
    this.#deleted = true
    this.#evictions.stop()
    this.#departures?.stop()
    this.#idleExpiry?.stop()
    this.#lanes.forget()
    this.#consumers.clear()
    this.#wakeWaiting()
  }

  touch(): void {
    this.#idleExpiry?.used()
  }

  #expireIdle(): void {
    const { expiresMs } = this.#settings
    if (expiresMs < Number.POSITIVE_INFINITY) {
      this.#idleExpiry ??= new IdleExpiry(
        this.#clock,
        () => this.#consumers.size > 0,
        () => this.#events.expired(this),
      )
    }
    if (this.#idleExpiry !== undefined) this.#idleExpiry.expiresMs = expiresMs
  }

  /** Sequences are those of a lane. */
  protected laneOf(message: Message): Lane {
    return this.#lanes.of(message)
  }

  /** What somebody had will not come back. */
  protected giveUp(places: readonly Place[], reason: DeadLetterReason): void {
    this.#unackedCount -= places.length
    if (this.#settings.deadLetterExchange !== undefined && !this.#deleted) {
      this.#departures ??= new Departures({
        clock: this.#clock,
        leave: (place, why) => this.drop(place, why),
        mustWait: () => this.#leaving?.areMany === true,
      })
      this.#departures.add(places, reason)
    } else for (const place of places) this.drop(place, reason)
  }

  #comeBack<Back extends Place>(places: readonly Back[], isUnseen: (place: Back) => boolean): void {
    this.#unackedCount -= places.length
    if (this.#deleted) return
    for (const place of places) this.#lanes.of(place.message).putBack(place, isUnseen(place))
    this.#evictions.dropDue()
    this.#dispatch()
  }

  /** It leaves the queue, and is dead-lettered if that is wanted: not one without the other. */
  protected drop(place: Place, reason: DeadLetterReason): void {
    const lane = this.#lanes.of(place.message)
    if (this.#settings.deadLetterExchange === undefined || this.#deleted) {
      lane.settle(place)
      return
    }
    lane.log?.makeAtomic()
    this.#deadLetter(place, reason, lane)
  }

  #deadLetter(place: Place, reason: DeadLetterReason, lane: Lane | null): void {
    this.#leaving ??= new LeavingMessages(this.name, this.#events)
    this.#leaving.send(place, reason, this.#settings, lane)
  }

  /** Hands out what is ready for as long as somebody can take it. */
  #dispatch(): void {
    let told: Lane | undefined
    for (let lane = this.#firstLane(); lane !== undefined; lane = this.#firstLane()) {
      const consumer = this.#consumers.next()
      if (consumer === undefined) break
      const message = lane.ready.shift()
      if (message === undefined) break
      const { sequence, redelivered } = lane.ready
      if (!consumer.noAck) this.#unackedCount++
      if (lane !== told) told?.flushTaken()
      told = lane
      lane.taken(message, consumer.noAck)
      this.deliver(consumer, message, sequence, redelivered)
    }
    told?.flushTaken()
  }

  /** The lane that the next message comes from, if that may be had now. */
  #firstLane(): Lane | undefined {
    const lane = this.#lanes.first
    if (lane?.ready.isTimed !== true) return lane
    return this.#evictions.dropExpired() ? this.#lanes.first : undefined
  }

  /** Messages have come back into memory, or what stood before them is gone. */
  #goOn(): void {
    this.#evictions.dropDue()
    this.#dispatch()
    this.#wakeWaiting()
  }

  #wakeWaiting(): void {
    for (const wake of this.#waiting.splice(0)) wake()
  }

  #settingsWith(policy: PolicyDefinition): QueueSettings {
    return queueSettings(this.arguments, policy)
  }
}

/** One that never was is given up until it is: a queue may have hundreds of them, and needs a few. */
function isUsed(log: QueueLog | null): boolean {
  if (log === null) return false
  if (log.nextSequence > 0) return true
  log.drop()
  return false
}
