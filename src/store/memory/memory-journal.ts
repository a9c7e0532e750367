import { GroupCommit } from '../group-commit.ts'
import type { Durability, Journal } from '../journal.ts'
import { StoreError } from '../store-error.ts'
import type { MemoryDisk } from './memory-disk.ts'

type Write =
  | { readonly position: number; readonly parts: readonly Buffer[]; readonly isAwaited: boolean }
  | { readonly upTo: number }

/** A journal that ends with its disk, which is with the process. */
export class MemoryJournal implements Journal {
  readonly #disk: MemoryDisk
  readonly #durability: Durability
  readonly #group = new GroupCommit<Write>((writes) => this.#commit(writes))
  #last = 0
  #bytes = 0

  constructor(disk: MemoryDisk, durability: Durability) {
    this.#disk = disk
    this.#durability = durability
    for (const [position, record] of disk.records.written) {
      this.#last = position
      this.#bytes += record.length
    }
  }

  get bytes(): number {
    return this.#bytes
  }

  async recover(visit: (position: number, record: Buffer) => void): Promise<void> {
    for (const [position, record] of this.#disk.records.written) visit(position, record)
  }

  append(parts: readonly Buffer[], isAwaited = true): Promise<number> {
    const position = ++this.#last
    return this.#group.add({ position, parts, isAwaited }, position)
  }

  async read(first: number, last: number): Promise<Buffer[]> {
    const { written } = this.#disk.records
    for (const position of [first, last]) {
      if (!written.has(position)) throw new StoreError(`record ${position} is not there`)
    }
    const records: Buffer[] = []
    for (let position = first; position <= last; position++) {
      const record = written.get(position)
      if (record !== undefined) records.push(record)
    }
    return records
  }

  truncate(upTo: number): Promise<void> {
    return this.#group.add({ upTo }, undefined)
  }

  close(): Promise<void> {
    return this.#group.close()
  }

  #commit(writes: readonly Write[]): Promise<void> | undefined {
    for (const write of writes) {
      if ('upTo' in write) this.#remove(write.upTo)
      else this.#store(write.position, Buffer.concat(write.parts))
    }
    const isFlushed = writes.some((write) => 'upTo' in write || write.isAwaited)
    return this.#durability === 'disk' && isFlushed ? this.#disk.flush() : undefined
  }

  #store(position: number, record: Buffer): void {
    this.#disk.records.set(position, record)
    this.#bytes += record.length
  }

  #remove(upTo: number): void {
    for (const [position, record] of this.#disk.records.written) {
      if (position > upTo) break
      this.#disk.records.delete(position)
      this.#bytes -= record.length
    }
  }
}
