import { MetadataListeners } from '../metadata-change.ts'

/**
 * What the engines of this folder write to. It outlives them, as a disk does, so that a test can open
 * it again, with or without what had not been flushed.
 */
export class MemoryDisk {
  readonly records: MemoryTable<number, Buffer> = new MemoryTable<number, Buffer>()
  readonly definitions: MemoryTable<string, string> = new MemoryTable<string, string>()
  readonly definitionListeners: MetadataListeners = new MetadataListeners()

  /** Makes durable what is written by now, some turns later. */
  async flush(): Promise<void> {
    const marks = [this.records.mark(), this.definitions.mark()]
    await new Promise((resolve) => setImmediate(resolve))
    for (const makeDurable of marks) makeDurable()
  }

  /** A disk as this one would be found after a loss of power. Who still writes here writes in vain. */
  afterPowerLoss(): MemoryDisk {
    const disk = new MemoryDisk()
    disk.records.fill(this.records.durable)
    disk.definitions.fill(this.definitions.durable)
    return disk
  }
}

class MemoryTable<Key, Value> {
  /** As the running program sees it. */
  readonly written: Map<Key, Value> = new Map<Key, Value>()
  /** As it is after a loss of power. */
  readonly durable: Map<Key, Value> = new Map<Key, Value>()
  #unflushed: (() => void)[] = []

  set(key: Key, value: Value): void {
    this.written.set(key, value)
    this.#unflushed.push(() => this.durable.set(key, value))
  }

  delete(key: Key): void {
    this.written.delete(key)
    this.#unflushed.push(() => this.durable.delete(key))
  }

  fill(entries: Iterable<[Key, Value]>): void {
    for (const [key, value] of entries) {
      this.written.set(key, value)
      this.durable.set(key, value)
    }
  }

  /** Takes what is not flushed yet, and gives the function that flushes it. */
  mark(): () => void {
    const changes = this.#unflushed
    this.#unflushed = []
    return () => {
      for (const change of changes) change()
    }
  }
}
