// Takes the place of src/store/data-directory.ts for brokers in the process of the test: what they
// take for a directory is a disk in memory, which the test takes away from them.

import { CheckedJournal } from '../../../src/store/checked-journal.ts'
import type { DamageListener, Durability, Journal } from '../../../src/store/journal.ts'
import type { MemoryDisk } from '../../../src/store/memory/memory-disk.ts'
import { MemoryJournal } from '../../../src/store/memory/memory-journal.ts'
import { MemoryMetadata } from '../../../src/store/memory/memory-metadata.ts'
import type { Metadata } from '../../../src/store/metadata.ts'
import { type Fault, FaultyJournal } from '../../support/faulty-journal.ts'

/** A disk, and what befalls each write to its journal. */
export interface Drive {
  readonly disk: MemoryDisk
  readonly nextFault: () => Fault | undefined
}

const drives = new Map<string, Drive>()

/** From now on this is what is found at that path. */
export function plugIn(path: string, drive: Drive): void {
  drives.set(path, drive)
}

export class MemoryDirectory {
  readonly journal: Journal
  readonly metadata: Metadata

  static async open(
    path: string,
    durability: Durability,
    onDamage: DamageListener,
  ): Promise<MemoryDirectory> {
    return new MemoryDirectory(drives.get(path) as Drive, durability, onDamage)
  }

  private constructor(
    { disk, nextFault }: Drive,
    durability: Durability,
    onDamage: DamageListener,
  ) {
    const journal = new FaultyJournal(new MemoryJournal(disk, durability), nextFault)
    this.journal = new CheckedJournal(journal, onDamage)
    this.metadata = new MemoryMetadata(disk)
  }

  async close(): Promise<void> {
    await this.journal.close()
    await this.metadata.close()
  }
}
