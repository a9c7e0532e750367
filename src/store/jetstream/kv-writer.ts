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
    for (const change of changes) {
      if (change.expected === undefined) {
        latest.set(change.key, change)
        continue
      }
      await this.#makeAll(latest, patience)
      latest = new Map()
      await this.#makeIfExpected(change, change.expected.value, patience)
    }
    await this.#makeAll(latest, patience)
  }

  /**
   * Many at once, each after the one before it. When another node comes between, it may be that one
   * of them has to be tried again that those behind it have overtaken.
   */
  async #makeAll(changes: Map<string, MetadataChange>, patience: Patience): Promise<void> {
    await retrying(patience, async () => {
      while (changes.size > 0) {
        let after = this.#lastRevision
        const attempts = [...changes.values()].slice(0, CHANGES_AT_ONCE).map(async (change) => {
          if (await this.#write(change, after++)) changes.delete(change.key)
          else return 'refused'
        })
        const outcomes = await Promise.allSettled(attempts)
        const isRefused = outcomes.some(
          (outcome) => outcome.status === 'fulfilled' && outcome.value,
        )
        if (isRefused) this.#lastRevision = await this.#bucket.lastRevision()
        await Promise.all(attempts)
      }
    })
  }

  async #makeIfExpected(
    change: MetadataChange,
    expected: string | undefined,
    patience: Patience,
  ): Promise<void> {
    let isTried = false
    await retrying(patience, async () => {
      for (;;) {
        const entry = await this.#bucket.entry(change.key)
        // Our own attempt may have succeeded although we were not told.
        change.isMade = isTried && entry?.value === change.value
        if (change.isMade || entry?.value !== expected) return
        // The key has not changed since then, and will be changed only if nothing else has either.
        this.#lastRevision = Math.max(this.#lastRevision, entry?.revision ?? 0)
        isTried = true
        change.isMade = await this.#write(change, this.#lastRevision)
        if (change.isMade) return
        this.#lastRevision = await this.#bucket.lastRevision()
      }
    })
  }

  async #write({ key, value }: MetadataChange, after: number): Promise<boolean> {
    const revision = await this.#bucket.write(key, value, after)
    if (revision === undefined) return false
    this.#lastRevision = Math.max(this.#lastRevision, revision)
    if (value === undefined) this.#onDeleted(key, revision)
    return true
  }
}
