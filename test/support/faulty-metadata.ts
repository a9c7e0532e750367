import type { Metadata, MetadataListener } from '../../src/store/metadata.ts'
import { StoreError } from '../../src/store/store-error.ts'

/** What can befall one change. `refuse`: it is not stored. `doubt`: it is, and yet is said to have failed. */
export type MetadataFault = 'refuse' | 'doubt'

/** Metadata whose changes go wrong as the test wants. */
export class FaultyMetadata implements Metadata {
  readonly position = 0
  readonly #metadata: Metadata
  readonly #faultOf: (key: string) => MetadataFault | undefined | Promise<undefined>

  /** Asks `faultOf` what befalls each change; a promise keeps it waiting. */
  constructor(
    metadata: Metadata,
    faultOf: (key: string) => MetadataFault | undefined | Promise<undefined>,
  ) {
    this.#metadata = metadata
    this.#faultOf = faultOf
  }

  load(): Promise<Map<string, string>> {
    return this.#metadata.load()
  }

  put(key: string, value: string): Promise<void> {
    return this.#change(key, () => this.#metadata.put(key, value))
  }

  delete(key: string): Promise<void> {
    return this.#change(key, () => this.#metadata.delete(key))
  }

  read(key: string): Promise<string | undefined> {
    return this.#metadata.read(key)
  }

  replace(key: string, expected: string | undefined, value: string | undefined): Promise<boolean> {
    return this.#change(key, () => this.#metadata.replace(key, expected, value))
  }

  watch(listener: MetadataListener): Promise<() => void> {
    return this.#metadata.watch(listener)
  }

  told(): Promise<void> {
    return this.#metadata.told()
  }

  close(): Promise<void> {
    return this.#metadata.close()
  }

  async #change<Result>(key: string, change: () => Promise<Result>): Promise<Result> {
    const fault = await this.#faultOf(key)
    if (fault === 'refuse') throw new StoreError('no room')
    const result = await change()
    if (fault !== undefined) throw new StoreError('no room')
    return result
  }
}
