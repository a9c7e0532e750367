import { flushFile } from '../durable-file.ts'
import { GroupCommit } from '../group-commit.ts'
import type { Metadata, MetadataListener } from '../metadata.ts'
import { type MetadataChange, MetadataListeners } from '../metadata-change.ts'
import { LmdbFile } from './lmdb-file.ts'

/** Definitions in a file of their own. They are few and dear, so each change is always flushed. */
export class LmdbMetadata implements Metadata {
  readonly position = 0
  readonly #file: LmdbFile
  readonly #group = new GroupCommit<MetadataChange>((changes) => this.#commit(changes))
  readonly #listeners = new MetadataListeners()

  /** Opens the file, or makes it. */
  static async open(path: string): Promise<LmdbMetadata> {
    // LMDB's own encoding of strings as keys cannot tell some control characters from its types.
    const file = new LmdbFile(path, { encoding: 'string', keyEncoding: 'binary' })
    file.open()
    // A process that was killed may not have flushed all, and what is found is going to be acted upon.
    await flushFile(path)
    return new LmdbMetadata(file)
  }

  private constructor(file: LmdbFile) {
    this.#file = file
  }

  async load(): Promise<Map<string, string>> {
    const definitions = new Map<string, string>()
    for (const { key, value } of this.#file.open().getRange()) {
      definitions.set((key as Buffer).toString(), value)
    }
    return definitions
  }

  put(key: string, value: string): Promise<void> {
    return this.#group.add({ key, value, isMade: true }, undefined)
  }

  delete(key: string): Promise<void> {
    return this.#group.add({ key, value: undefined, isMade: true }, undefined)
  }

  async read(key: string): Promise<string | undefined> {
    return this.#file.open().get(Buffer.from(key))
  }

  async replace(
    key: string,
    expected: string | undefined,
    value: string | undefined,
  ): Promise<boolean> {
    const change = { key, value, expected: { value: expected }, isMade: false }
    await this.#group.add(change, undefined)
    return change.isMade
  }

  async watch(listener: MetadataListener): Promise<() => void> {
    return this.#listeners.add(listener)
  }

  /** A change is told before it is done. */
  async told(): Promise<void> {}

  async close(): Promise<void> {
    await this.#group.close()
    await this.#file.close()
  }

  async #commit(changes: readonly MetadataChange[]): Promise<void> {
    await this.#file.write((db) => {
      decide(changes, (key) => db.get(Buffer.from(key)))
      // All are in one commit, for none waits for another.
      return Promise.all(
        changes
          .filter(({ isMade }) => isMade)
          .map(({ key, value }) => {
            const bytes = Buffer.from(key)
            return value === undefined ? db.remove(bytes) : db.put(bytes, value)
          }),
      )
    })
    this.#listeners.tellMade(changes)
  }
}

/** Whether each is made, after those before it, of which none is in the file yet. */
function decide(
  changes: readonly MetadataChange[],
  stored: (key: string) => string | undefined,
): void {
  const changed = new Map<string, string | undefined>()
  for (const change of changes) {
    const { key, value, expected } = change
    if (expected !== undefined) {
      change.isMade = (changed.has(key) ? changed.get(key) : stored(key)) === expected.value
    }
    if (change.isMade) changed.set(key, value)
  }
}
