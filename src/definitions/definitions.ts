import type { Logger } from '../base/logger.ts'
import { definitionsNotStored, queueIdsUsedUp } from '../reasons.ts'
import type { Metadata } from '../store/metadata.ts'
import type { Definition, DefinitionName } from './definition.ts'
import { DefinitionBatch, type DefinitionChange } from './definition-batch.ts'
import { encodeDefinition } from './definition-json.ts'
import { definitionKey } from './definition-key.ts'
import type { DefinitionStore } from './definition-store.ts'

/** The journal has 32 bits for them. At the next start, those are free again that are not used. */
const LAST_QUEUE_ID = 0xffff_ffff

/**
 * The definitions of a broker that keeps them: brings each change to the metadata, one batch at a
 * time, and what comes meanwhile is the next.
 *
 * A definition that cannot be stored is taken back in memory, so that both agree again and the client
 * may just retry; together with those before it that were not stored for themselves. Since it may be there
 * all the same, it is deleted as well, or what was there before is written again. When that, or any
 * deletion, cannot be stored it is owed: memory is right, and the store is told again with every change to come.
 */
export class Definitions implements DefinitionStore {
  readonly storesTransient = false
  readonly isFollowing = false
  readonly #metadata: Metadata
  readonly #logger: Logger
  /** What is being written, and what will be. */
  #current: DefinitionBatch | undefined
  #next: DefinitionBatch | undefined
  readonly #owed = new Map<string, DefinitionChange>()
  readonly #onTakenBack: () => void
  #lastQueueId: number
  /** Up to here, they cannot be taken back any more. */
  #storedQueueId: number

  /**
   * Queues to come get ids above `lastQueueId`, so that none has one under which messages are kept.
   * `onTakenBack` is called when something was taken back, before anybody is told.
   */
  constructor(
    metadata: Metadata,
    logger: Logger,
    lastQueueId: number,
    onTakenBack: () => void = () => {},
  ) {
    this.#metadata = metadata
    this.#logger = logger
    this.#onTakenBack = onTakenBack
    this.#lastQueueId = lastQueueId
    this.#storedQueueId = lastQueueId
  }

  newPlace(): undefined {}

  newQueueIds(count: number): number {
    const first = this.#lastQueueId + 1
    if (first + count - 1 > LAST_QUEUE_ID) throw queueIdsUsedUp()
    this.#lastQueueId += count
    return first
  }

  put(definition: Definition, takeBack?: () => void): void {
    this.#openBatch().put(definitionKey(definition), encodeDefinition(definition), takeBack)
  }

  delete(definition: DefinitionName): void {
    this.#openBatch().delete(definitionKey(definition))
  }

  stored(definition: DefinitionName): Promise<void> | undefined {
    const key = definitionKey(definition)
    if (this.#owed.has(key)) this.#openBatch()
    const batch = [this.#next, this.#current].find((one) => one?.changes.has(key))
    return batch?.settled.then(() => {
      if (batch.handedOn.has(key)) return this.stored(definition)
      if (batch.failed.has(key)) throw definitionsNotStored()
    })
  }

  /**
   * Resolves, always, when nothing that was defined so far may still have to be taken back; undefined
   * when that is so already. What a queue holds is not safe before the queue is.
   */
  pending(): Promise<void> | undefined {
    const batch = this.#next ?? this.#current
    return batch?.settled.then(() => (batch.handedOn.size === 0 ? undefined : this.pending()))
  }

  /** Whether what has that id is not to be taken back any more. */
  isQueueStored(id: number): boolean {
    return id <= this.#storedQueueId
  }

  /** Waits for what is under way, and tries once more to store what is owed. */
  async close(): Promise<void> {
    if (this.#owed.size > 0) this.#openBatch()
    for (let batch = this.pending(); batch !== undefined; batch = this.pending()) await batch
  }

  /** The batch that is to be written next. What is owed goes first. */
  #openBatch(): DefinitionBatch {
    if (this.#next !== undefined) return this.#next
    const batch = new DefinitionBatch(this.#owed)
    this.#owed.clear()
    this.#next = batch
    // All that this turn changes is one batch from the start.
    if (this.#current === undefined) queueMicrotask(() => void this.#writeAll())
    return batch
  }

  async #writeAll(): Promise<void> {
    for (let batch = this.#next; batch !== undefined; batch = this.#next) {
      this.#current = batch
      this.#next = undefined
      await this.#write(batch)
      batch.settle()
    }
    this.#current = undefined
    this.#storedQueueId = this.#lastQueueId
  }

  async #write(batch: DefinitionBatch): Promise<void> {
    const outcomes = await Promise.allSettled(
      Array.from(batch.changes, ([key, { value }]) =>
        value === undefined ? this.#metadata.delete(key) : this.#metadata.put(key, value),
      ),
    )
    const failed = [...batch.changes].filter((_, index) => outcomes[index]?.status === 'rejected')
    if (failed.length === 0) return
    const err = outcomes.find((outcome) => outcome.status === 'rejected')?.reason
    this.#logger.error({ err, keys: failed.slice(0, 10).map(([key]) => key) }, NOT_STORED)
    // The last one first, since it may rest on those before it.
    for (const [key, change] of failed.reverse()) this.#giveUp(batch, key, change)
  }

  #giveUp(batch: DefinitionBatch, key: string, change: DefinitionChange): void {
    const { value, takeBacks } = change
    const later = this.#next?.changes.get(key)
    if (takeBacks.length === 0) {
      // What is written again as it was before is stored, if not for sure as it was.
      if (value === undefined) batch.failed.add(key)
      if (later === undefined) this.#owed.set(key, change)
    } else if (later?.value !== undefined) {
      batch.handedOn.add(key)
      this.#next?.takeOver(key, change)
    } else {
      batch.failed.add(key)
      // What is to be deleted has gone from memory.
      if (later !== undefined) return
      for (const takeBack of takeBacks.toReversed()) takeBack()
      this.#onTakenBack()
    }
  }
}

const NOT_STORED =
  'Definitions could not be stored: declarations and bindings are taken back, deletions are tried again'
