import type { Logger } from '../base/logger.ts'
import { definitionsNotStored, queueIdsUsedUp } from '../reasons.ts'
import type { Metadata } from '../store/metadata.ts'
import type { Definition, DefinitionName } from './definition.ts'
import { encodeDefinition } from './definition-json.ts'
import { definitionKey } from './definition-key.ts'
import type { DefinitionStore } from './definition-store.ts'

/** What a key is to have: a value, and what to do when it cannot be stored; or none. */
type Change = { readonly value: string; readonly takeBack: () => void } | 'delete'

/** Changes that are stored together. The last one of a key counts. */
class Batch {
  readonly changes: Map<string, Change>
  /** Those that could not be stored: known when `settled` resolves, which it always does. */
  failed: readonly string[] = []
  readonly settled: Promise<void>
  #settle: () => void = () => {}

  constructor(changes: Iterable<[string, Change]>) {
    this.changes = new Map(changes)
    this.settled = new Promise((resolve) => {
      this.#settle = resolve
    })
  }

  settle(failed: readonly string[]): void {
    this.failed = failed
    this.#settle()
  }
}

/** The journal has 32 bits for them. At the next start, those are free again that are not used. */
const LAST_QUEUE_ID = 0xffff_ffff

/**
 * The definitions of a broker that keeps them: brings each change to the metadata, one batch at a
 * time, and what comes meanwhile is the next.
 *
 * A definition that cannot be stored is taken back in memory, so that both agree again and the client
 * may just retry. Since it may be there all the same, it is deleted as well. A deletion that cannot be
 * stored is owed: memory is right, and the store is told again with every change to come.
 */
export class Definitions implements DefinitionStore {
  readonly storesTransient = false
  readonly isFollowing = false
  readonly #metadata: Metadata
  readonly #logger: Logger
  /** What is being written, and what will be. */
  #current: Batch | undefined
  #next: Batch | undefined
  readonly #owed = new Set<string>()
  #lastQueueId: number

  /** Queues to come get ids above `lastQueueId`, so that none has one under which messages are kept. */
  constructor(metadata: Metadata, logger: Logger, lastQueueId: number) {
    this.#metadata = metadata
    this.#logger = logger
    this.#lastQueueId = lastQueueId
  }

  newPlace(): undefined {}

  newQueueIds(count: number): number {
    const first = this.#lastQueueId + 1
    if (first + count - 1 > LAST_QUEUE_ID) throw queueIdsUsedUp()
    this.#lastQueueId += count
    return first
  }

  put(definition: Definition, takeBack: () => void): void {
    this.#change(definitionKey(definition), { value: encodeDefinition(definition), takeBack })
  }

  delete(definition: DefinitionName): void {
    this.#change(definitionKey(definition), 'delete')
  }

  stored(definition: DefinitionName): Promise<void> | undefined {
    const key = definitionKey(definition)
    if (this.#owed.has(key)) this.#openBatch()
    const batch = [this.#next, this.#current].find((one) => one?.changes.has(key))
    return batch?.settled.then(() => {
      if (batch.failed.includes(key)) throw definitionsNotStored()
    })
  }

  /**
   * Resolves, always, when nothing that was defined so far may still have to be taken back; undefined
   * when that is so already. What a queue holds is not safe before the queue is.
   */
  pending(): Promise<void> | undefined {
    return (this.#next ?? this.#current)?.settled
  }

  /** Waits for what is under way, and tries once more to store what is owed. */
  async close(): Promise<void> {
    if (this.#owed.size > 0) this.#openBatch()
    for (let batch = this.pending(); batch !== undefined; batch = this.pending()) await batch
  }

  #change(key: string, change: Change): void {
    this.#openBatch().changes.set(key, change)
  }

  /** The batch that is to be written next. What is owed goes first. */
  #openBatch(): Batch {
    if (this.#next !== undefined) return this.#next
    const batch = new Batch([...this.#owed].map((key) => [key, 'delete']))
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
      batch.settle(await this.#write(batch))
    }
    this.#current = undefined
  }

  /** Gives the keys of what could not be stored. */
  async #write({ changes }: Batch): Promise<string[]> {
    const outcomes = await Promise.allSettled(
      Array.from(changes, ([key, change]) =>
        change === 'delete' ? this.#metadata.delete(key) : this.#metadata.put(key, change.value),
      ),
    )
    const failed = [...changes].filter((_, index) => outcomes[index]?.status === 'rejected')
    const keys = failed.map(([key]) => key)
    if (keys.length === 0) return keys
    const err = outcomes.find((outcome) => outcome.status === 'rejected')?.reason
    this.#logger.error({ err, keys: keys.slice(0, 10) }, NOT_STORED)
    // The last one first, since it may rest on those before it.
    for (const [key, change] of failed.reverse()) this.#giveUp(key, change)
    return keys
  }

  #giveUp(key: string, change: Change): void {
    if (change !== 'delete') change.takeBack()
    else if (this.#next?.changes.has(key) !== true) this.#owed.add(key)
  }
}

const NOT_STORED =
  'Definitions could not be stored: declarations and bindings are taken back, deletions are tried again'
