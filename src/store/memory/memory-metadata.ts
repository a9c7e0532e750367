import { GroupCommit } from '../group-commit.ts'
import type { Metadata } from '../metadata.ts'
import type { MemoryDisk } from './memory-disk.ts'

interface Write {
  readonly key: string
  readonly value: string | undefined
}

/** Definitions that end with their disk, which is with the process. */
export class MemoryMetadata implements Metadata {
  readonly #disk: MemoryDisk
  readonly #group = new GroupCommit<Write>((writes) => this.#commit(writes))

  constructor(disk: MemoryDisk) {
    this.#disk = disk
  }

  async load(): Promise<Map<string, string>> {
    return new Map(this.#disk.definitions.written)
  }

  put(key: string, value: string): Promise<void> {
    return this.#group.add({ key, value }, undefined)
  }

  delete(key: string): Promise<void> {
    return this.#group.add({ key, value: undefined }, undefined)
  }

  close(): Promise<void> {
    return this.#group.close()
  }

  #commit(writes: readonly Write[]): Promise<void> {
    for (const { key, value } of writes) {
      if (value === undefined) this.#disk.definitions.delete(key)
      else this.#disk.definitions.set(key, value)
    }
    return this.#disk.flush()
  }
}
