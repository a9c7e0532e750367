import type { MetadataListener } from './metadata.ts'

/** One change, as it waits to be done. */
export interface MetadataChange {
  readonly key: string
  /** Undefined to delete. */
  readonly value: string | undefined
  /** What the key must have, of a change that is made only then. */
  readonly expected?: { readonly value: string | undefined }
  /** Set when it is done: false if the key had something else. */
  isMade: boolean
}

/** Those who want to know of changes. */
export class MetadataListeners {
  readonly #listeners = new Set<{ readonly listener: MetadataListener }>()

  /** Returns how to remove it. The same one may be added twice. */
  add(listener: MetadataListener): () => void {
    const entry = { listener }
    this.#listeners.add(entry)
    return () => void this.#listeners.delete(entry)
  }

  tell(key: string, value: string | undefined): void {
    for (const { listener } of this.#listeners) listener(key, value)
  }

  /** Tells of those changes that were made. */
  tellMade(changes: readonly MetadataChange[]): void {
    for (const { key, value, isMade } of changes) if (isMade) this.tell(key, value)
  }
}
