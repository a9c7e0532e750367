import type { MetadataChange } from '../metadata-change.ts'
import type { KvBucket, NewKvChange } from './kv-bucket.ts'
import type { KvMirror } from './kv-mirror.ts'
import type { KvNote, KvReceipt } from './kv-note.ts'

/** A note is one message, and others wait for it. */
const CHANGES_A_NOTE = 256
const CHARACTERS_A_NOTE = 256 * 1024

/**
 * Changes of different keys until it is known of each whether it was made. What the keys have is known here; who
 * is refused, because somebody was faster, is told what they have now, and tries again.
 */
export class MirroredChanges {
  readonly #mirror: KvMirror
  readonly #write: (note: KvNote) => Promise<KvReceipt>
  /** By the ids under which they are made. */
  readonly #left: Map<string, MetadataChange>
  readonly #stopListening: () => void
  #isRetry = false

  constructor(changes: readonly MetadataChange[], { mirror, bucket, write }: Parts) {
    this.#left = new Map(changes.map((change) => [bucket.newId(), change]))
    this.#mirror = mirror
    this.#write = write
    // Some may be made although whoever was to make them could not say so.
    this.#stopListening = mirror.listenToChanges(({ id }) => this.#onMade(id))
  }

  /** Rejects when that is not known yet. */
  async make(): Promise<void> {
    // What is not as expected here may be so in the bucket, and what nobody said is made may be.
    if (this.#isRetry || this.#isAnyUnexpected()) await this.#mirror.told()
    this.#isRetry = true
    while (this.#left.size > 0) {
      this.#dropUnexpected()
      await this.#attempt(this.#someOfThem())
    }
  }

  close(): void {
    this.#stopListening()
  }

  #onMade(id: string): void {
    const change = this.#left.get(id)
    if (change !== undefined) change.isMade = true
    this.#left.delete(id)
  }

  #isAnyUnexpected(): boolean {
    for (const change of this.#left.values()) if (!this.#isExpected(change)) return true
    return false
  }

  #isExpected({ key, expected }: MetadataChange): boolean {
    return expected === undefined || this.#mirror.valueOf(key) === expected.value
  }

  /** Those that cannot be made are done with. */
  #dropUnexpected(): void {
    for (const [id, change] of this.#left) {
      if (this.#isExpected(change)) continue
      change.isMade = false
      this.#left.delete(id)
    }
  }

  #someOfThem(): NewKvChange[] {
    const some: NewKvChange[] = []
    let characters = 0
    for (const [id, { key, value }] of this.#left) {
      characters += key.length + (value?.length ?? 0)
      const isFull = some.length === CHANGES_A_NOTE || characters > CHARACTERS_A_NOTE
      if (isFull && some.length > 0) break
      some.push({ key, value, id })
    }
    return some
  }

  async #attempt(changes: readonly NewKvChange[]): Promise<void> {
    if (changes.length === 0) return
    const after = this.#mirror.position
    const { revisions, position } = await this.#write({ after, changes })
    for (const [index, { id }] of changes.entries()) {
      if ((revisions[index] ?? 0) > 0) this.#onMade(id)
    }
    await this.#mirror.reach(position)
  }
}

interface Parts {
  readonly mirror: KvMirror
  readonly bucket: Pick<KvBucket, 'newId'>
  readonly write: (note: KvNote) => Promise<KvReceipt>
}
