import type { MetadataChange } from '../metadata-change.ts'
import type { KvBucket } from './kv-bucket.ts'
import { type Patience, retrying } from './retrying.ts'

/** How many changes are under way at the same time. */
const CHANGES_AT_ONCE = 256

/**
 * Makes changes in a bucket in which others make changes, too.
 *
 * Each one names the revision of the whole bucket that it comes after, even where anything may be
 * overwritten: else one that was given up, and was on its way for longer than anybody waited, could
 * undo a later one. Who is refused because somebody was faster looks, and tries again.
 */
export class KvWriter {
  readonly #bucket: KvBucket
  readonly #onDeleted: (key: string, revision: number) => void
  /** Of the bucket, as far as is known here. */
  #lastRevision = 0

  constructor(bucket: KvBucket, onDeleted: (key: string, revision: number) => void) {
    this.#bucket = bucket
    this.#onDeleted = onDeleted
  }

  /** Makes all of them that can be made, in their order. One call at a time. */
  async make(changes: readonly MetadataChange[], patience: Patience): Promise<void> {
    let latest = new Map<string, MetadataChange>()
    let isExpecting = false
    for (const change of changes) {
      const expects = change.expected !== undefined
      // Each of those that expect something is made, so that a key is among them once.
      if (expects !== isExpecting || (expects && latest.has(change.key))) {
        await this.#makeRun(latest, isExpecting, patience)
        latest = new Map()
        isExpecting = expects
      }
      latest.set(change.key, change)
    }
    await this.#makeRun(latest, isExpecting, patience)
  }

  #makeRun(
    changes: Map<string, MetadataChange>,
    isExpecting: boolean,
    patience: Patience,
  ): Promise<void> {
    return isExpecting ? this.#makeExpected(changes, patience) : this.#makeAll(changes, patience)
  }

  /** Many at once, each after the one before it; those behind which another node comes between are tried again. */
  async #makeAll(changes: Map<string, MetadataChange>, patience: Patience): Promise<void> {
    await retrying(patience, async () => {
      while (changes.size > 0) await this.#attempt(changes, someOf(changes))
    })
  }

  /** The same for those of which it has to be known what the key has. */
  async #makeExpected(changes: Map<string, MetadataChange>, patience: Patience): Promise<void> {
    const tried = new Set<MetadataChange>()
    await retrying(patience, async () => {
      while (changes.size > 0) {
        const possible = await this.#possible(changes, tried)
        for (const change of possible) tried.add(change)
        await this.#attempt(changes, possible)
      }
    })
  }

  /**
   * Some whose keys have what is expected. They have not changed since then if nothing else in the bucket has
   * after the last revision that was known before. The others are done with.
   */
  async #possible(
    changes: Map<string, MetadataChange>,
    tried: ReadonlySet<MetadataChange>,
  ): Promise<MetadataChange[]> {
    const some = someOf(changes)
    const entries = await Promise.all(some.map(({ key }) => this.#bucket.entry(key)))
    const possible = some.filter((change, index) => {
      const value = entries[index]?.value
      // Our own attempt may have succeeded although we were not told.
      change.isMade = tried.has(change) && value === change.value
      const isPossible = !change.isMade && value === change.expected?.value
      if (!isPossible) changes.delete(change.key)
      return isPossible
    })
    // Of one key alone it is known that it has not changed since its own revision either.
    if (some.length === 1) {
      this.#lastRevision = Math.max(this.#lastRevision, entries[0]?.revision ?? 0)
    }
    return possible
  }

  /** Makes them one after the other, without waiting for an answer in between. */
  async #attempt(
    changes: Map<string, MetadataChange>,
    some: readonly MetadataChange[],
  ): Promise<void> {
    const named = some.map(({ key, value }) => ({ key, value, id: this.#bucket.newId() }))
    const writes = this.#bucket.write(named, this.#lastRevision)
    const attempts = some.map(async (change, index) => {
      change.isMade = this.#isMade(change, await writes[index])
      if (change.isMade) changes.delete(change.key)
      return change.isMade
    })
    const outcomes = await Promise.allSettled(attempts)
    const isRefused = outcomes.some((outcome) => outcome.status === 'fulfilled' && !outcome.value)
    if (isRefused) this.#lastRevision = await this.#bucket.lastRevision()
    await Promise.all(attempts)
  }

  #isMade({ key, value }: MetadataChange, revision: number | undefined): boolean {
    if (revision === undefined) return false
    this.#lastRevision = Math.max(this.#lastRevision, revision)
    if (value === undefined) this.#onDeleted(key, revision)
    return true
  }
}

const someOf = (changes: ReadonlyMap<string, MetadataChange>): MetadataChange[] =>
  [...changes.values()].slice(0, CHANGES_AT_ONCE)
