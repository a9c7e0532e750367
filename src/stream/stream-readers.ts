import { after } from '../base/clock.ts'
import type { StoredRun } from '../message-log/queue-log.ts'
import type { QueueConsumer } from '../queue/queue.ts'
import type { QueueStorage } from '../queue/queue-storage.ts'
import { Chunk } from './chunk.ts'
import type { ChunkCache } from './chunk-cache.ts'
import { type ReaderStart, StreamReader } from './stream-reader.ts'
import type { StreamStore } from './stream-store.ts'

/** How long what could not be read is left alone. */
const RETRY_MS = 1000
/** What nobody has read for so long, or twice as long, leaves memory. */
const SWEEP_MS = 2000

/**
 * Who reads a stream, and where. A reader that can take more gets it from a chunk in memory; where
 * there is none, one is read, a single one at a time, and given to all who are there.
 *
 *     blocked ─ resume ─▶ served ─┬─ no credit, or no room ───▶ blocked
 *        ▲                        ├─ no chunk in memory ──────▶ wanting ─ read ─▶ served
 *        └─ delivered, acked ◀────┴─ nothing more is stored ──▶ at the end ─ stored ─▶ served
 *
 * While the stream is paused, all are blocked, and those who wait for something find that out then.
 */
export class StreamReaders {
  readonly #store: StreamStore
  readonly #cache: ChunkCache
  readonly #storage: QueueStorage
  readonly #readers = new Map<QueueConsumer, StreamReader>()
  readonly #wanting = new Set<StreamReader>()
  readonly #atEnd = new Set<StreamReader>()
  #firstOffset: number
  #endOffset: number
  #isReading = false
  #isClosed = false
  #isPaused = false
  #stopSweeping: (() => void) | null = null
  /** Deliveries that were not settled. */
  unackedCount = 0

  constructor(store: StreamStore, cache: ChunkCache, storage: QueueStorage) {
    this.#store = store
    this.#cache = cache
    this.#storage = storage
    this.#firstOffset = store.firstOffset
    this.#endOffset = store.nextOffset
  }

  get size(): number {
    return this.#readers.size
  }

  get consumers(): Iterable<QueueConsumer> {
    return this.#readers.keys()
  }

  add(consumer: QueueConsumer, start: ReaderStart): void {
    const reader = new StreamReader(consumer, start)
    this.#readers.set(consumer, reader)
    this.#serve(reader)
  }

  /** Undefined when it is none. */
  nextOffsetOf(consumer: QueueConsumer): number | undefined {
    return this.#readers.get(consumer)?.position
  }

  /** Whether it was one. */
  delete(consumer: QueueConsumer): boolean {
    const reader = this.#readers.get(consumer)
    if (reader === undefined) return false
    this.#readers.delete(consumer)
    this.#wanting.delete(reader)
    this.#atEnd.delete(reader)
    return true
  }

  resume(consumer: QueueConsumer): void {
    const reader = this.#readers.get(consumer)
    if (reader !== undefined) this.#serve(reader)
  }

  get isPaused(): boolean {
    return this.#isPaused
  }

  /** While it is, nobody gets anything. */
  set isPaused(isPaused: boolean) {
    this.#isPaused = isPaused
    if (!isPaused) for (const reader of [...this.#readers.values()]) this.#serve(reader)
  }

  /** Whether anybody reads from that offset on. */
  isAnyFrom(offset: number): boolean {
    for (const { position } of this.#readers.values()) if (position >= offset) return true
    return false
  }

  /** What is before that offset is stored. */
  stored(endOffset: number): void {
    this.#endOffset = endOffset
    this.#watch()
    const readers = [...this.#atEnd]
    this.#atEnd.clear()
    for (const reader of readers) this.#serve(reader)
  }

  /** What is before that offset is no more. */
  removed(firstOffset: number): void {
    this.#firstOffset = firstOffset
    this.#cache.dropBefore(firstOffset)
  }

  close(): void {
    this.#isClosed = true
    this.#readers.clear()
    this.#wanting.clear()
    this.#atEnd.clear()
    this.#cache.clear()
    this.#stopSweeping?.()
  }

  #serve(reader: StreamReader): void {
    while (!this.#isPaused && reader.consumer.canTake()) {
      reader.position = Math.max(reader.position, this.#firstOffset)
      if (reader.position >= this.#endOffset) {
        this.#atEnd.add(reader)
        return
      }
      const chunk = this.#cache.find(reader.position)
      if (chunk === undefined) {
        this.#wanting.add(reader)
        this.#read()
        return
      }
      this.unackedCount += reader.read(chunk)
    }
  }

  /** Reads what the one who waits longest wants, up to what is in memory already. */
  #read(): void {
    const [reader] = this.#wanting
    if (this.#isReading || reader === undefined) return
    const from = Math.max(reader.position, this.#firstOffset)
    if (from >= this.#endOffset) {
      this.#wanting.delete(reader)
      this.#serve(reader)
      this.#read()
      return
    }
    this.#isReading = true
    const to = Math.min(this.#cache.nextFrom(from) ?? this.#endOffset, this.#endOffset) - 1
    this.#store.read(from, to).then(
      (run) => this.#onRead(from, run),
      (error: unknown) => {
        this.#storage.logger.error({ err: error }, 'Messages of a stream could not be read')
        after(this.#storage.clock, RETRY_MS, () => this.#goOn())
      },
    )
  }

  #onRead(from: number, { messages, next }: StoredRun): void {
    if (this.#isClosed) return
    const chunk = new Chunk(from)
    for (const { message, sequence, expiresAt } of messages) chunk.add(message, sequence, expiresAt)
    // Behind the last one there may be some that were damaged, or removed meanwhile.
    chunk.end = Math.max(chunk.end, next)
    if (chunk.end > from) this.#cache.add(chunk)
    this.#watch()
    for (const reader of [...this.#wanting]) {
      const position = Math.max(reader.position, this.#firstOffset)
      if (position < from || position >= chunk.end) continue
      this.#wanting.delete(reader)
      this.#serve(reader)
    }
    this.#goOn()
  }

  #goOn(): void {
    this.#isReading = false
    if (!this.#isClosed) this.#read()
  }

  /** While there is anything in memory, it is looked at from time to time. */
  #watch(): void {
    if (this.#cache.isEmpty) return
    this.#stopSweeping ??= this.#storage.clock.every(SWEEP_MS, () => {
      this.#cache.sweep()
      if (!this.#cache.isEmpty) return
      this.#stopSweeping?.()
      this.#stopSweeping = null
    })
  }
}
