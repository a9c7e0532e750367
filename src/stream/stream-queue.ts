import type { FieldTable } from 'amqp-codec'
import type { Clock } from '../base/clock.ts'
import type { PolicyDefinition } from '../definitions/definition.ts'
import { ACCEPTED, type PublishOutcome } from '../exchange/destination.ts'
import type { Message } from '../message/message.ts'
import { storedBytes } from '../message/stored-message.ts'
import type { QueueLog } from '../message-log/queue-log.ts'
import type { TicketSource } from '../message-log/ticket-source.ts'
import type { QueueBrowser } from '../queue/browsing.ts'
import type {
  Place,
  Queue,
  QueueConsumer,
  QueuedMessage,
  QueueEvents,
  QueueProperties,
} from '../queue/queue.ts'
import { QueueCounts } from '../queue/queue-counts.ts'
import type { QueueStorage } from '../queue/queue-storage.ts'
import { getNotSupported, purgeNotSupported } from '../reasons.ts'
import { ChunkCache } from './chunk-cache.ts'
import { assertConsumer, startOf } from './consuming.ts'
import { LoggedStore } from './logged-store.ts'
import { MemoryStore } from './memory-store.ts'
import { KEEPS_ALL, type Retention, retentionOf } from './retention.ts'
import { Segments } from './segments.ts'
import { StreamBrowser } from './stream-browser.ts'
import { StreamReaders } from './stream-readers.ts'
import type { StreamStore } from './stream-store.ts'
import { Tail } from './tail.ts'

/** An age is kept to within this part of it, looked at no more often than that, and no less often. */
const AGE_PART = 1 / 16
const MIN_TRIM_MS = 1000
const MAX_TRIM_MS = 60_000

export interface StreamParts {
  readonly name: string
  readonly vhostName: string
  readonly properties: QueueProperties
  readonly events: QueueEvents
  readonly storage: QueueStorage
  /** Null when nothing of it outlives the process. */
  readonly log: QueueLog | null
  /** Knows what of the log is safe. */
  readonly tickets: TicketSource | null
}

/**
 * A stream: a log that is written at its end and read from anywhere. Messages stay until retention
 * removes them, whoever has read them: what becomes of a delivery only makes room for the next one.
 * https://www.rabbitmq.com/docs/streams
 *
 *     offsets   0 … 4,710      4,711 … 812,003                812,004 … 812,017
 *               removed        stored: what consumers see     on their way to the disk
 *                              └ first                        └ end              └ next
 *
 * Nothing is shown before it is safe: a consumer that comes back with the offset that it has seen must
 * not find another message there.
 */
export class StreamQueue implements Queue {
  readonly kind = 'queue'
  readonly consumerTimeoutMs: undefined
  readonly type = 'stream'
  readonly name: string
  readonly vhostName: string
  readonly durable: boolean
  readonly exclusiveOwner = null
  readonly activeConsumer = null
  readonly autoDelete: boolean
  readonly arguments: FieldTable
  readonly isLoading = false
  readonly counts: QueueCounts = new QueueCounts()

  readonly #events: QueueEvents
  readonly #clock: Clock
  readonly #store: StreamStore
  readonly #segments = new Segments()
  readonly #tail: Tail
  readonly #readers: StreamReaders
  /** Nothing is removed before it is known what policies say: they may allow more than arguments do. */
  #retention: Retention = KEEPS_ALL
  #nextOffset: number
  #stopTrimming: (() => void) | null = null
  #isDeleted = false

  constructor({ name, vhostName, properties, events, storage, log, tickets }: StreamParts) {
    this.name = name
    this.vhostName = vhostName
    this.durable = properties.durable
    this.autoDelete = properties.autoDelete
    this.arguments = properties.arguments
    this.#events = events
    this.#clock = storage.clock
    const onStored = (endOffset: number): void => this.#onStored(endOffset)
    this.#store =
      log === null || tickets === null
        ? new MemoryStore(storage.budget, onStored)
        : new LoggedStore(log, tickets, onStored)
    this.#nextOffset = this.#store.nextOffset
    const cache = new ChunkCache(storage.budget)
    this.#tail = new Tail(cache)
    this.#readers = new StreamReaders(this.#store, cache, storage)
    this.#limitSegments(retentionOf(this.arguments, new Map()))
    this.#segments.recover(this.#store.found)
  }

  get firstOffset(): number {
    return this.#segments.oldest?.from ?? this.#nextOffset
  }

  get isPaused(): boolean {
    return this.#readers.isPaused
  }

  set isPaused(isPaused: boolean) {
    this.#readers.isPaused = isPaused
  }

  /** The first offset that was never used. */
  get nextOffset(): number {
    return this.#nextOffset
  }

  get readyCount(): number {
    return this.#nextOffset - this.firstOffset
  }

  get unackedCount(): number {
    return this.#readers.unackedCount
  }

  get consumerCount(): number {
    return this.#readers.size
  }

  counted(): undefined {}

  whenTold(): undefined {}

  /** About how much its messages take in the log. */
  get bytes(): number {
    return this.#segments.bytes
  }

  publish(message: Message): PublishOutcome {
    if (this.#isDeleted) return ACCEPTED
    this.counts.published++
    const offset = this.#nextOffset++
    // A clock that is set back must not make later messages look older.
    const timeMs = Math.max(this.#segments.lastMs, this.#clock.wallTime())
    const outcome = this.#store.append(message, offset, timeMs)
    if (this.#readers.size > 0) this.#tail.push(message, offset, timeMs)
    this.#segments.append(offset, timeMs, storedBytes(message))
    if (this.#segments.bytes > this.#retention.maxBytes) this.#trim()
    return outcome
  }

  /** What is too much goes at its beginning. */
  refuses(): boolean {
    return false
  }

  applyPolicy(policy: PolicyDefinition): void {
    this.#retention = retentionOf(this.arguments, policy)
    this.#limitSegments(this.#retention)
    this.#trimByAge(this.#retention.maxAgeMs)
    this.#trim()
  }

  /** Streams do not expire. */
  touch(): void {}

  /** Exclusive use means nothing here: everybody has all messages. Throws 406 and 540. */
  consume(consumer: QueueConsumer): undefined {
    const nowMs = this.#clock.wallTime()
    const { spec, filter } = assertConsumer(consumer, this, nowMs)
    this.#readers.add(consumer, startOf(spec, filter, this.#segments, this.#nextOffset))
  }

  /** What that consumer has not seen yet. */
  nextOffsetOf(consumer: QueueConsumer): number {
    return this.#readers.nextOffsetOf(consumer) ?? this.#nextOffset
  }

  cancel(consumer: QueueConsumer): void {
    if (!this.#readers.delete(consumer) || this.#readers.size > 0) return
    this.#tail.clear()
    this.#events.lastConsumerLeft(this)
  }

  resume(consumer: QueueConsumer): void {
    this.#readers.resume(consumer)
  }

  whenLoaded(): Promise<void> {
    return Promise.resolve()
  }

  /** Throws 540. */
  get(): QueuedMessage | undefined {
    throw getNotSupported(this.name, this.vhostName)
  }

  browser(): QueueBrowser {
    return new StreamBrowser(this.#store, this)
  }

  acknowledge(places: readonly Place[]): void {
    this.#readers.unackedCount -= places.length
  }

  reject(places: readonly Place[]): void {
    this.#readers.unackedCount -= places.length
  }

  requeue(places: readonly Place[]): void {
    this.#readers.unackedCount -= places.length
  }

  /** Throws 540. */
  purge(): number {
    throw purgeNotSupported(this.name, this.vhostName)
  }

  delete(): void {
    this.#isDeleted = true
    this.#stopTrimming?.()
    this.#store.drop()
    this.#tail.clear()
    const consumers = [...this.#readers.consumers]
    this.#readers.close()
    for (const consumer of consumers) consumer.cancelled()
  }

  /** It is another process's now: does nothing by itself any more, and says nothing to anybody. */
  abandon(): void {
    this.#isDeleted = true
    this.#stopTrimming?.()
    this.#tail.clear()
    this.#readers.close()
  }

  #onStored(endOffset: number): void {
    if (this.#isDeleted) return
    this.#tail.stored(endOffset, this.#readers.isAnyFrom(this.#tail.from))
    this.#readers.stored(endOffset)
  }

  #limitSegments({ maxAgeMs, segmentBytes }: Retention): void {
    this.#segments.maxSegmentBytes = segmentBytes
    this.#segments.maxSegmentMs = maxAgeMs * AGE_PART
  }

  #trimByAge(maxAgeMs: number): void {
    this.#stopTrimming?.()
    this.#stopTrimming = null
    if (maxAgeMs === Number.POSITIVE_INFINITY) return
    const intervalMs = Math.min(MAX_TRIM_MS, Math.max(MIN_TRIM_MS, maxAgeMs * AGE_PART))
    this.#stopTrimming = this.#clock.every(intervalMs, () => this.#trim())
  }

  /** Removes the oldest segments: those that are too much, but not the last one, and those too old. */
  #trim(): void {
    const segments = this.#segments
    const { maxAgeMs, maxBytes } = this.#retention
    const oldestMs = this.#clock.wallTime() - maxAgeMs
    const before = this.firstOffset
    for (let { oldest } = segments; oldest !== undefined; { oldest } = segments) {
      const isTooMuch = segments.length > 1 && segments.bytes > maxBytes
      const isTooOld = oldest.lastMs < oldestMs && oldest.from < this.#nextOffset - 1
      if (!isTooMuch && !isTooOld) break
      segments.removeOldest()
    }
    if (this.firstOffset === before) return
    this.#store.removeBefore(this.firstOffset)
    this.#readers.removed(this.firstOffset)
  }
}
