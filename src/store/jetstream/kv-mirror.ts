import type { NatsConnection, Subscription } from '@nats-io/transport-node'
import { after, type Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/logger.ts'
import type { MetadataListener } from '../metadata.ts'
import { MetadataListeners } from '../metadata-change.ts'
import { JetStreamError } from './jet-stream-api.ts'
import type { KvBucket, KvChange, KvEntry } from './kv-bucket.ts'
import { toldSubjects } from './kv-key.ts'
import { KvState } from './kv-state.ts'

export interface KvMirrorParts {
  readonly bucket: Pick<KvBucket, 'name' | 'told' | 'lastRevision' | 'entries'>
  readonly connection: Pick<NatsConnection, 'subscribe'>
  readonly clock: Clock
  readonly logger: Logger
  /** Hears of each key that had been deleted when the bucket was loaded. */
  readonly onDeleted: (entry: KvEntry) => void
}

/** How late a change is seen at worst, when the bucket could not tell of it. */
const LOOK_MS = 500
/** What the bucket has not told of by then it will not tell of: it is asked. */
const LATE_MS = 50
/** Changes that were told of too early, at most: those before them have to be asked for all the same. */
const MOST_EARLY = 10_000

interface Waiter {
  readonly position: number
  readonly resolve: () => void
}

/**
 * All that a bucket has, kept in step with it: the bucket tells of each change, and is asked for those of which
 * it could not tell, because a connection was lost or another server leads it.
 */
export class KvMirror {
  readonly #parts: KvMirrorParts
  readonly #state: KvState
  readonly #listeners = new MetadataListeners()
  readonly #changeListeners = new Set<(change: KvChange) => void>()
  readonly #early = new Map<number, KvChange>()
  readonly #waiters = new Set<Waiter>()
  readonly #subscription: Subscription
  #stopLooking: () => void = () => {}
  #looking: Promise<void> | undefined
  #isLate = false

  /** Rejects while the bucket cannot be read. */
  static async load(parts: KvMirrorParts): Promise<KvMirror> {
    const mirror = new KvMirror(parts)
    try {
      await mirror.#load()
      return mirror
    } catch (error) {
      mirror.close()
      throw error
    }
  }

  private constructor(parts: KvMirrorParts) {
    const { bucket, connection, clock } = parts
    this.#parts = parts
    this.#state = new KvState(clock)
    this.#subscription = connection.subscribe(toldSubjects(bucket.name), {
      callback: (error, message) => {
        const change = error === null ? bucket.told(message) : undefined
        if (change !== undefined) this.#onTold(change)
      },
    })
  }

  /** All changes up to there are known, and whoever listens has been told. */
  get position(): number {
    return this.#state.position
  }

  get values(): Map<string, string> {
    return this.#state.values()
  }

  valueOf(key: string): string | undefined {
    return this.#state.valueOf(key)
  }

  /** Whether the key was changed after that position; also when that is too long ago to be known. */
  isChangedAfter(position: number, key: string): boolean {
    return this.#state.isChangedAfter(position, key)
  }

  listen(listener: MetadataListener): () => void {
    return this.#listeners.add(listener)
  }

  /** The same for who has to know more of the changes. */
  listenToChanges(listener: (change: KvChange) => void): () => void {
    this.#changeListeners.add(listener)
    return () => void this.#changeListeners.delete(listener)
  }

  /** Resolves when all changes up to there are known. Rejects if they cannot be at the moment. */
  async reach(position: number): Promise<void> {
    if (this.position >= position) return
    await this.#arrival(position)
    while (this.position < position) await this.#look()
  }

  /**
   * The same for all that was changed before the call. It rejects as well while the bucket has less than it has
   * told of: either its new leader is not ready yet, or servers have lost what they had stored. Then nobody can
   * say what there is, and what was taken for made is not to be taken for deleted.
   */
  async told(): Promise<void> {
    const known = this.position
    const last = await this.#parts.bucket.lastRevision()
    if (last < known)
      throw new JetStreamError('JetStream has less of a bucket than it has told of', 0)
    await this.reach(last)
  }

  close(): void {
    this.#stopLooking()
    this.#state.close()
    this.#subscription.unsubscribe()
  }

  async #load(): Promise<void> {
    const last = await this.#parts.bucket.lastRevision()
    while (this.position < last) await this.#readNews(this.#parts.onDeleted)
    this.#state.begin()
    this.#stopLooking = this.#parts.clock.every(LOOK_MS, () => void this.#lookAgain())
  }

  #onTold(change: KvChange): void {
    const { revision } = change
    if (revision <= this.position) return
    if (revision > this.position + 1) {
      if (this.#early.size < MOST_EARLY) this.#early.set(revision, change)
      this.#lookIfLate()
      return
    }
    this.#take(change)
    this.#goOn()
  }

  /** With those that were waiting for what was before them. */
  #goOn(): void {
    for (;;) {
      const next = this.#early.get(this.position + 1)
      if (next === undefined) break
      this.#early.delete(next.revision)
      this.#take(next)
    }
    for (const { position, resolve } of [...this.#waiters]) if (position <= this.position) resolve()
  }

  #take(change: KvChange): void {
    this.#state.take(change)
    for (const listener of this.#changeListeners) listener(change)
    this.#listeners.tell(change.key, change.value)
  }

  /** Those that were told of before others may just have come out of their order. */
  #lookIfLate(): void {
    if (this.#isLate) return
    this.#isLate = true
    after(this.#parts.clock, LATE_MS, () => {
      this.#isLate = false
      if (this.#early.size > 0) void this.#lookAgain()
    })
  }

  #arrival(position: number): Promise<void> {
    return new Promise((resolve) => {
      const waiter = {
        position,
        resolve: () => {
          this.#waiters.delete(waiter)
          cancel()
          resolve()
        },
      }
      const cancel = after(this.#parts.clock, LATE_MS, waiter.resolve)
      this.#waiters.add(waiter)
    })
  }

  async #lookAgain(): Promise<void> {
    try {
      await this.#look()
    } catch (error) {
      // JetStream is away now and then; it is asked again soon.
      if (error instanceof JetStreamError) return
      this.#parts.logger.error({ err: error }, 'Cannot tell what has changed in the definitions')
    }
  }

  /** What is changed after it began to look may be left out. */
  #look(): Promise<void> {
    this.#looking ??= this.#readNews().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  async #readNews(onDeleted?: (entry: KvEntry) => void): Promise<void> {
    const { bucket } = this.#parts
    const last = await bucket.lastRevision()
    const first = this.position + 1
    if (last < first) return
    for (const entry of await bucket.entries(first, last)) {
      if (entry.value === undefined) onDeleted?.(entry)
      // Of some the bucket may have told meanwhile.
      if (entry.revision > this.position) this.#take(entry)
    }
    // Keys that have been changed since are not where they were, and will be told of.
    this.#state.reach(last)
    for (const revision of this.#early.keys()) if (revision <= last) this.#early.delete(revision)
    this.#goOn()
  }
}
