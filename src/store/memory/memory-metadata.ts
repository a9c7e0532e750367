import { GroupCommit } from '../group-commit.ts'
import type { Metadata, MetadataListener } from '../metadata.ts'
import type { MetadataChange } from '../metadata-change.ts'
import type { MemoryDisk } from './memory-disk.ts'

/** Definitions that end with their disk, which is with the process. Several may share a disk. */
export class MemoryMetadata implements Metadata {
  readonly position = 0
  readonly #disk: MemoryDisk
  readonly #group = new GroupCommit<MetadataChange>((changes) => this.#commit(changes))

  constructor(disk: MemoryDisk) {
    this.#disk = disk
  }

  async load(): Promise<Map<string, string>> {
    return new Map(this.#disk.definitions.written)
  }

  put(key: string, value: string): Promise<void> {
    return this.#group.add({ key, value, isMade: true }, undefined)
  }

  delete(key: string): Promise<void> {
    return this.#group.add({ key, value: undefined, isMade: true }, undefined)
  }

  async read(key: string): Promise<string | undefined> {
    return this.#disk.definitions.written.get(key)
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
    return this.#disk.definitionListeners.add(listener)
  }

  /** A change is told before it is done. */
  async told(): Promise<void> {}

  close(): Promise<void> {
    return this.#group.close()
  }

  async #commit(changes: readonly MetadataChange[]): Promise<void> {
    const { definitions, definitionListeners } = this.#disk
    for (const change of changes) {
      const { key, value, expected } = change
      change.isMade = expected === undefined || definitions.written.get(key) === expected.value
      if (!change.isMade) continue
      if (value === undefined) definitions.delete(key)
      else definitions.set(key, value)
    }
    await this.#disk.flush()
    definitionListeners.tellMade(changes)
  }
}
