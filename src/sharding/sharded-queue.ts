import type { FieldTable } from 'amqp-codec'
import { NumberMap } from '../base/number-map.ts'
import type { PolicyDefinition } from '../definitions/definition.ts'
import type { PublishOutcome } from '../exchange/destination.ts'
import type { Message } from '../message/message.ts'
import { queueTypeOf } from '../queue/arguments.ts'
import type { QueueBrowser } from '../queue/browsing.ts'
import type { Delays } from '../queue/delays.ts'
import type {
  ExclusiveOwner,
  Place,
  Queue,
  QueueConsumer,
  QueuedMessage,
  QueueEvents,
  QueueProperties,
  QueueType,
} from '../queue/queue.ts'
import { QueueCounts } from '../queue/queue-counts.ts'
import { priorityLevelsOf, type QueueSettings, queueSettings } from '../queue/settings.ts'
import { sequenceOf } from './place-number.ts'
import { ShardedBrowser } from './sharded-browser.ts'
import { ShardedDelays } from './sharded-delays.ts'
import type { Settlement } from './wire/front-words.ts'
import type { QueueNumbers, QueueSight, TakenMessage } from './wire/owner-words.ts'

/** Who talks to the owner of a queue. Promises reject with an AmqpError when the owner refuses. */
export interface QueueLine {
  /** Whether there is an owner who hears what is said; the next one is told the rest. */
  readonly isOpen: boolean
  publish(queue: ShardedQueue, message: Message): PublishOutcome
  publishLater(id: number, message: Message, delayMs: number): PublishOutcome
  settle(settlement: Settlement, queue: ShardedQueue, places: readonly number[]): void
  touch(queue: ShardedQueue): void
  consume(queue: ShardedQueue, consumer: QueueConsumer, exclusive: boolean): Promise<void>
  cancel(consumer: QueueConsumer): void
  resume(consumer: QueueConsumer): void
  get(queue: ShardedQueue, noAck: boolean): Promise<TakenMessage | undefined>
  purge(queue: ShardedQueue): Promise<number>
  /** Brings the queue's counts up to date. */
  count(queue: ShardedQueue): Promise<void>
  remove(queue: ShardedQueue): void
}

export interface ShardedQueueParts {
  readonly id: number
  readonly name: string
  readonly vhostName: string
  readonly properties: QueueProperties
  readonly events: QueueEvents
  readonly line: QueueLine
  /** What becomes of it here is told to who may own it. */
  readonly onChange: (queue: ShardedQueue, change: QueueChange) => void
}

/** A message that a channel has, and by which consumer. */
export interface HeldMessage {
  readonly message: Message
  readonly consumer: number
}

export type QueueChange = 'policy' | 'pause' | 'deleted'

const NO_POLICY: PolicyDefinition = new Map()

/**
 * A queue as a node of a cluster has it: its name, its properties, and whom to talk to. The messages
 * are with the owner of its place, be that this node.
 */
export class ShardedQueue implements Queue {
  readonly kind = 'queue'
  readonly id: number
  readonly name: string
  readonly vhostName: string
  readonly type: QueueType
  readonly durable: boolean
  exclusiveOwner: ExclusiveOwner | null
  readonly autoDelete: boolean
  readonly arguments: FieldTable
  readonly priorityLevels?: number
  /** As the owner has told last, and what happened here since. */
  readonly counts: QueueCounts = new QueueCounts()
  readonly isLoading = false
  readonly properties: QueueProperties
  readonly events: QueueEvents
  /** What channels of this node have and have not settled, by place. */
  readonly held: NumberMap<HeldMessage> = new NumberMap()
  /** The queue itself, while this node owns it. */
  engine: Queue | null = null
  /** What is to come to it later, if there is anything. */
  ownDelays: (() => Delays | undefined) | null = null
  /** Null until it is known. */
  policy: PolicyDefinition | null = null
  readonly #line: QueueLine
  readonly #onChange: ShardedQueueParts['onChange']
  #settings: QueueSettings
  #isPaused = false
  #isDeleted = false
  #readyCount = 0
  #unackedCount = 0
  #consumerCount = 0
  #readyBytes = 0
  #delayedCount = 0
  #activeConsumer: QueueConsumer | null | undefined = null
  #delays: ShardedDelays | undefined

  constructor(parts: ShardedQueueParts) {
    const { properties } = parts
    this.id = parts.id
    this.name = parts.name
    this.vhostName = parts.vhostName
    this.type = queueTypeOf(properties.arguments)
    this.durable = properties.durable
    this.exclusiveOwner = properties.exclusiveOwner
    this.autoDelete = properties.autoDelete
    this.arguments = properties.arguments
    if (properties.priorityLevels !== undefined) this.priorityLevels = properties.priorityLevels
    this.properties = properties
    this.events = parts.events
    this.#line = parts.line
    this.#onChange = parts.onChange
    this.#settings = queueSettings(this.arguments, NO_POLICY)
  }

  /** What the message log knows it by: one a priority, and that of what is to come later. */
  get logIds(): number[] {
    return Array.from({ length: priorityLevelsOf(this) + 1 }, (_, index) => this.id + index)
  }

  get delayId(): number {
    return this.id + priorityLevelsOf(this)
  }

  get delays(): ShardedDelays {
    this.#delays ??= new ShardedDelays({
      id: this.id,
      line: this.#line,
      own: () => this.ownDelays?.() ?? (this.engine === null ? null : undefined),
      toldCount: () => this.#delayedCount,
      // They go with the queue.
      onDelete() {},
    })
    return this.#delays
  }

  get settings(): QueueSettings {
    return this.#settings
  }

  get readyCount(): number {
    return this.engine?.readyCount ?? this.#readyCount
  }

  get unackedCount(): number {
    return this.engine?.unackedCount ?? this.#unackedCount
  }

  get consumerCount(): number {
    return this.engine?.consumerCount ?? this.#consumerCount
  }

  /** Octets of the bodies of messages that are ready, as the owner has told last. */
  get readyBytes(): number {
    return this.#readyBytes
  }

  /** Undefined also where it is one of another node. */
  get activeConsumer(): QueueConsumer | null | undefined {
    return this.#activeConsumer
  }

  get consumerTimeoutMs(): number | undefined {
    return this.#settings.consumerTimeoutMs
  }

  /** Whether a publish may be refused. */
  get mayReject(): boolean {
    return this.#settings.overflow !== 'drop-head'
  }

  get isPaused(): boolean {
    return this.#isPaused
  }

  set isPaused(isPaused: boolean) {
    this.#isPaused = isPaused
    this.#onChange(this, 'pause')
  }

  applyPolicy(definition: PolicyDefinition): void {
    this.policy = definition
    this.#settings = queueSettings(this.arguments, definition)
    this.#onChange(this, 'policy')
  }

  touch(): void {
    this.#line.touch(this)
  }

  publish(message: Message): PublishOutcome {
    if (this.#isDeleted) return 0
    return this.#line.publish(this, message)
  }

  refuses(message: Message): boolean {
    return this.engine?.refuses(message) === true
  }

  consume(consumer: QueueConsumer, exclusive: boolean): Promise<void> {
    return this.#line.consume(this, consumer, exclusive)
  }

  cancel(consumer: QueueConsumer): void {
    this.#line.cancel(consumer)
  }

  resume(consumer: QueueConsumer): void {
    this.#line.resume(consumer)
  }

  whenLoaded(): Promise<void> {
    return Promise.resolve()
  }

  async counted(): Promise<void> {
    await this.#line.count(this)
  }

  whenTold(): Promise<void> | undefined {
    // It answers in order; that it may be gone by then is as good.
    return this.#line.isOpen ? this.counted().catch(() => {}) : undefined
  }

  async get(noAck: boolean): Promise<QueuedMessage | undefined> {
    const taken = await this.#line.get(this, noAck)
    if (taken === undefined) return undefined
    const { message, place, redelivered } = taken
    return { message, sequence: place, redelivered, sent: message }
  }

  get isElsewhere(): boolean {
    return this.engine === null
  }

  browser(): QueueBrowser {
    return new ShardedBrowser(this)
  }

  acknowledge(places: readonly Place[]): void {
    this.#settle('acknowledge', places)
  }

  reject(places: readonly Place[]): void {
    this.#settle('reject', places)
  }

  requeue(places: readonly Place[]): void {
    this.#settle('requeue', places)
  }

  purge(): Promise<number> {
    return this.#line.purge(this)
  }

  delete(): void {
    if (this.#isDeleted) return
    this.#isDeleted = true
    this.exclusiveOwner = null
    this.held.clear()
    this.#onChange(this, 'deleted')
    this.#line.remove(this)
  }

  /** A channel of this node has that message now; no consumer of it is 0. */
  hold(place: number, message: Message, consumer = 0): void {
    if (this.type !== 'stream') this.held.set(place, { message, consumer })
  }

  /** Whether it is still this node's to give to somebody. */
  isHeld({ place, message }: TakenMessage): boolean {
    return this.type === 'stream' || this.held.get(place)?.message === message
  }

  /** Nobody here has taken them after all, or has seen them. */
  putBack(taken: readonly TakenMessage[]): void {
    if (this.#isDeleted || this.type === 'stream' || taken.length === 0) return
    for (const { place } of taken) this.held.take(place)
    const places = taken.map(({ place }) => place)
    this.#line.settle('putBack', this, places)
  }

  /** Clients have them who do not acknowledge. */
  delivered(places: readonly number[]): void {
    if (!this.#isDeleted && places.length > 0) this.#line.settle('deliver', this, places)
  }

  see(sight: QueueSight, activeConsumer: QueueConsumer | null | undefined): void {
    this.seeNumbers(sight)
    this.#activeConsumer = activeConsumer
    this.#readyBytes = sight.readyBytes
    this.#delayedCount = sight.delayed
    this.counts.set(sight.totals)
  }

  seeNumbers({ ready, unacked, consumers }: QueueNumbers): void {
    this.#readyCount = ready
    this.#unackedCount = unacked
    this.#consumerCount = consumers
  }

  seeReady(ready: number): void {
    this.#readyCount = ready
  }

  /** Of a stream. */
  offsetOf(place: number): number {
    return sequenceOf(place)
  }

  #settle(settlement: Settlement, places: readonly Place[]): void {
    if (this.#isDeleted) return
    const numbers: number[] = []
    for (const place of places) if (this.#letGo(place)) numbers.push(place.sequence)
    if (numbers.length > 0) this.#line.settle(settlement, this, numbers)
  }

  /** False for what was lost with its owner: another message may have its place by now. */
  #letGo({ sequence, message }: Place): boolean {
    if (this.type === 'stream') return true
    const held = this.held.take(sequence)
    if (held === undefined || held.message === message) return held !== undefined
    this.held.set(sequence, held)
    return false
  }
}
