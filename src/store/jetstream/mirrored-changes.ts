import type { MetadataChange } from '../metadata-change.ts'
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
  readonly #left: Map<string, MetadataChange>
  readonly #tried = new Set<MetadataChange>()
  readonly #stopListening: () => void

  constructor(
    changes: readonly MetadataChange[],
    mirror: KvMirror,
    write: (note: KvNote) => Promise<KvReceipt>,
  ) {
    this.#left = new Map(changes.map((change) => [change.key, change]))
    this.#mirror = mirror
    this.#write = write
    this.#stopListening = mirror.listen((key, value) => this.#onTold(key, value))
  }

  /** Rejects when that is not known yet. */
  async make(): Promise<void> {
    // What is not as expected here may be so in the bucket, and what nobody said is made may be.
    if (this.#tried.size > 0 || this.#isAnyUnexpected()) await this.#mirror.told()
    while (this.#left.size > 0) {
      this.#dropUnexpected()
      await this.#attempt(this.#someOfThem())
    }
  }

  close(): void {
    this.#stopListening()
  }

  /** One that was made although whoever was to make it could not say so. */
  #onTold(key: string, value: string | undefined): void {
    const change = this.#left.get(key)
    if (change !== undefined && change.value === value && this.#tried.has(change)) {
      this.#onMade(change)
    }
  }

  #onMade(change: MetadataChange): void {
    change.isMade = true
    this.#left.delete(change.key)
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
    for (const change of this.#left.values()) {
      if (this.#isExpected(change)) continue
      change.isMade = false
      this.#left.delete(change.key)
    }
  }

  #someOfThem(): MetadataChange[] {
    const some: MetadataChange[] = []
    let characters = 0
    for (const change of this.#left.values()) {
      characters += change.key.length + (change.value?.length ?? 0)
      const isFull = some.length === CHANGES_A_NOTE || characters > CHARACTERS_A_NOTE
      if (isFull && some.length > 0) break
      some.push(change)
    }
    return some
  }

  async #attempt(some: readonly MetadataChange[]): Promise<void> {
    if (some.length === 0) return
    for (const change of some) this.#tried.add(change)
    const { revisions, position } = await this.#write({
      after: this.#mirror.position,
      changes: some.map(({ key, value }) => ({ key, value })),
    })
    for (const [index, change] of some.entries()) {
      if ((revisions[index] ?? 0) > 0) this.#onMade(change)
    }
    await this.#mirror.reach(position)
  }
}
