import type { MetadataChange } from '../metadata-change.ts'
import type { KvBucket } from './kv-bucket.ts'
import type { KvMirror } from './kv-mirror.ts'
import type { KvNote, KvReceipt, NotedChange } from './kv-note.ts'

/** A note is one message, and others wait for it. */
const CHANGES_A_NOTE = 256
const CHARACTERS_A_NOTE = 256 * 1024

/**
 * Changes of different keys until it is known of each whether it was made. What the keys have is known here; who
 * is refused, because somebody was faster, is told what they have now, and tries again.
 *
 * Where nobody says what came of an attempt, what was expected must not only be so again: the key must not have
 * been changed since that attempt. It may have been made, and another change may be all that is to be seen now.
 */
export class MirroredChanges {
  readonly #mirror: KvMirror
  readonly #write: Parts['write']
  readonly #writeElsewhere: Parts['writeElsewhere']
  /** By the ids under which they are made. */
  readonly #left: Map<string, MetadataChange>
  /** The position after which those of them with expectations were tried, and nobody said what came of it. */
  readonly #triedAfter = new Map<string, number>()
  readonly #stopListening: () => void
  #isRetry = false

  constructor(changes: readonly MetadataChange[], parts: Parts) {
    const { mirror, bucket, write, writeElsewhere } = parts
    this.#left = new Map(changes.map((change) => [bucket.newId(), change]))
    this.#mirror = mirror
    this.#write = write
    this.#writeElsewhere = writeElsewhere
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
    for (const [id, change] of this.#left) if (!this.#isExpected(id, change)) return true
    return false
  }

  #isExpected(id: string, { key, expected }: MetadataChange): boolean {
    if (expected === undefined) return true
    const after = this.#triedAfter.get(id)
    if (after !== undefined && this.#mirror.isChangedAfter(after, key)) return false
    return this.#mirror.valueOf(key) === expected.value
  }

  /** Those that cannot be made are done with. */
  #dropUnexpected(): void {
    for (const [id, change] of this.#left) {
      if (this.#isExpected(id, change)) continue
      change.isMade = false
      this.#left.delete(id)
    }
  }

  #someOfThem(): NotedChange[] {
    const some: NotedChange[] = []
    let characters = 0
    for (const [id, { key, value }] of this.#left) {
      characters += key.length + (value?.length ?? 0)
      const isFull = some.length === CHANGES_A_NOTE || characters > CHARACTERS_A_NOTE
      if (isFull && some.length > 0) break
      some.push({ key, value, id, after: this.#triedAfter.get(id) ?? this.#mirror.position })
    }
    return some
  }

  async #attempt(note: KvNote): Promise<void> {
    if (note.length === 0) return
    const wasTried = note.some(({ id }) => this.#triedAfter.has(id))
    for (const { id, after } of note) {
      if (this.#left.get(id)?.expected !== undefined) this.#triedAfter.set(id, after)
    }
    // What may be made already is made here: of others nobody knows how far back they remember.
    const said = wasTried ? undefined : await this.#writeElsewhere(note)
    if (said !== undefined) for (const { id } of note) this.#triedAfter.delete(id)
    const { revisions, position } = said ?? (await this.#write(note))
    for (const [index, { id }] of note.entries()) {
      if ((revisions[index] ?? 0) > 0) this.#onMade(id)
    }
    await this.#mirror.reach(position)
  }
}

interface Parts {
  readonly mirror: KvMirror
  readonly bucket: Pick<KvBucket, 'newId'>
  readonly write: (note: KvNote) => Promise<KvReceipt>
  /** Undefined when nobody knows what came of it, or nobody was asked. */
  readonly writeElsewhere: (note: KvNote) => Promise<KvReceipt | undefined>
}
