import { after, type Clock } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'
import type { Metadata } from '../store/metadata.ts'
import { SharedBatch } from './shared-batch.ts'
import { LAST_RANK, makeChange, rankOf, type SharedChange } from './shared-change.ts'

export interface SharedWriterParts {
  readonly metadata: Metadata
  readonly clock: Clock
  readonly logger: Logger
  /** What the store has, by key: gets what is written. */
  readonly stored: Map<string, string>
  /** Hears of each batch of which all has been tried. */
  readonly onWritten: (batch: SharedBatch) => void
}

/** Who could not store anything for so long does not try at once again. */
const LONG_MS = 1000
const RETRY_MS = 250

/** Brings what one of many nodes changes to the store: one batch at a time, and what comes meanwhile is the next. */
export class SharedWriter {
  readonly #parts: SharedWriterParts
  /** The last change of each key that it is not known what came of. */
  readonly #latest = new Map<string, SharedChange>()
  /** Deletions that could not be stored: they are tried again with the changes to come, and by themselves. */
  readonly #owed = new Map<string, SharedChange>()
  #next: SharedBatch | undefined
  #current: SharedBatch | undefined
  #isClosed = false

  constructor(parts: SharedWriterParts) {
    this.#parts = parts
  }

  latestOf(key: string): SharedChange | undefined {
    return this.#latest.get(key)
  }

  /** As it will be written if nothing else comes. */
  unwrittenOf(key: string): SharedChange | undefined {
    return this.#next?.changes.get(key)
  }

  /** What is being written and what is to be, in this order. */
  get batches(): SharedBatch[] {
    return [this.#current, this.#next].filter((batch) => batch !== undefined)
  }

  add(change: SharedChange): void {
    this.#openBatch().changes.set(change.key, change)
    this.#latest.set(change.key, change)
  }

  /** It is known what came of it: true if nothing has been changed since. */
  release(change: SharedChange): boolean {
    const { key } = change
    return this.#latest.get(key) === change && !this.#owed.has(key) && this.#latest.delete(key)
  }

  /** What is owed of that key, if it is, is tried now. */
  retry(key: string): void {
    if (this.#owed.has(key)) this.#openBatch()
  }

  /** What is owed is tried again before long. */
  retrySoon(): void {
    if (this.#owed.size === 0) return
    after(this.#parts.clock, RETRY_MS, () => {
      if (this.#owed.size > 0 && !this.#isClosed) this.#openBatch()
    })
  }

  /** Resolves, always, when all that was added so far has been tried; undefined when that is so already. */
  pending(): Promise<void> | undefined {
    return (this.#next ?? this.#current)?.written
  }

  /** Waits for what is under way, and tries once more to store what is owed. */
  async close(): Promise<void> {
    if (this.#owed.size > 0) this.#openBatch()
    for (let batch = this.pending(); batch !== undefined; batch = this.pending()) await batch
    this.#isClosed = true
  }

  /** The batch that is to be written next. What is owed goes first. */
  #openBatch(): SharedBatch {
    if (this.#next !== undefined) return this.#next
    this.#next = new SharedBatch(this.#owed)
    this.#owed.clear()
    // All that this turn changes is one batch from the start.
    if (this.#current === undefined) queueMicrotask(() => void this.#writeAll())
    return this.#next
  }

  async #writeAll(): Promise<void> {
    const { clock, onWritten } = this.#parts
    let isAway = false
    for (let batch = this.#next; batch !== undefined; batch = this.#next) {
      this.#current = batch
      this.#next = undefined
      const startedMs = clock.now()
      const isLate = (): boolean => clock.now() - startedMs > LONG_MS
      // Who has waited as long as those before is told at the same time.
      if (isAway) this.#giveUp(batch, [...batch.changes.values()])
      else await this.#write(batch, isLate)
      isAway = batch.refused.size > 0 && isLate()
      this.#current = undefined
      onWritten(batch)
      batch.onWritten()
    }
  }

  async #write(batch: SharedBatch, isLate: () => boolean): Promise<void> {
    for (let rank = 0; rank <= LAST_RANK; rank++) {
      const isOfRank = ({ key }: SharedChange): boolean => rankOf(key) === rank
      const failed = await this.#make([...batch.changes.values()].filter(isOfRank))
      if (failed.length === 0) continue
      const isLeft = ({ key }: SharedChange): boolean => rankOf(key) > rank
      const left = isLate() ? [...batch.changes.values()].filter(isLeft) : []
      this.#giveUp(batch, [...failed, ...left])
      if (left.length > 0) return
    }
  }

  /** Gives those that could not be stored. */
  async #make(changes: readonly SharedChange[]): Promise<SharedChange[]> {
    const { metadata, stored, logger } = this.#parts
    const failed: SharedChange[] = []
    let err: unknown
    const attempts = changes.map(async (change) => {
      const { key, value } = change
      try {
        if ((await makeChange(metadata, change, stored.get(key))) === 'lost') return
        if (value === undefined) stored.delete(key)
        else stored.set(key, value)
      } catch (error) {
        failed.push(change)
        err = error
      }
    })
    await Promise.all(attempts)
    const keys = failed.slice(0, 10).map(({ key }) => key)
    if (failed.length > 0) logger.error({ err, keys }, NOT_STORED)
    return failed
  }

  #giveUp(batch: SharedBatch, changes: readonly SharedChange[]): void {
    for (const { key } of changes) batch.refused.add(key)
    // The last one first, since it may rest on those before it.
    for (const change of [...changes].reverse()) {
      if (change.value !== undefined) change.takeBack()
      else if (this.#latest.get(change.key) === change) this.#owed.set(change.key, change)
    }
  }
}

const NOT_STORED =
  'Definitions could not be stored: declarations and bindings are taken back, deletions are tried again'
