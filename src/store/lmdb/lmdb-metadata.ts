import { GroupCommit } from '../group-commit.ts'
import type { Metadata } from '../metadata.ts'
import { LmdbFile } from './lmdb-file.ts'

interface Write {
  readonly key: string
  readonly value: string | undefined
}

/** Definitions in a file of their own. They are few and dear, so each change is always flushed. */
export class LmdbMetadata implements Metadata {
  readonly #file: LmdbFile
  readonly #group = new GroupCommit<Write>((writes) => this.#commit(writes))

  /** Opens the file, or makes it. */
  static async open(path: string): Promise<LmdbMetadata> {
    // LMDB's own encoding of strings as keys cannot tell some control characters from its types.
    const file = new LmdbFile(path, { encoding: 'string', keyEncoding: 'binary' })
    file.open()
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
    return this.#group.add({ key, value }, undefined)
  }

  delete(key: string): Promise<void> {
    return this.#group.add({ key, value: undefined }, undefined)
  }

  async close(): Promise<void> {
    await this.#group.close()
    await this.#file.close()
  }

  #commit(writes: readonly Write[]): Promise<void> {
    return this.#file.write((db) =>
      // All are in one commit, for none waits for another.
      Promise.all(
        writes.map(({ key, value }) => {
          const bytes = Buffer.from(key)
          return value === undefined ? db.remove(bytes) : db.put(bytes, value)
        }),
      ),
    )
  }
}
