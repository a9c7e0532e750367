import { join } from 'node:path'
import { CheckedJournal } from './checked-journal.ts'
import { flushDirectory } from './durable-file.ts'
import { checkFormat } from './format.ts'
import type { DamageListener, Durability, Journal } from './journal.ts'
import { DirectoryLock } from './lmdb/directory-lock.ts'
import { LmdbMetadata } from './lmdb/lmdb-metadata.ts'
import type { Metadata } from './metadata.ts'
import { SegmentJournal } from './segments/segment-journal.ts'
import { storeError } from './store-error.ts'
import { makeUsable } from './usable-directory.ts'

/**
 * All that a broker on one machine keeps, in one directory:
 *
 *     format             one line: what the rest is
 *     lock               held as long as the directory is in use
 *     definitions.mdb    the metadata
 *     journal/           the journal
 *     spill              pages of messages, as long as the process needs them: see `SpillFile`
 */
export class DataDirectory {
  readonly journal: Journal
  readonly metadata: Metadata
  readonly #lock: DirectoryLock

  /**
   * Opens a directory, which need not be there.
   *
   * @throws StoreError when it is in use, written by a newer version, or cannot be read or written.
   */
  static async open(
    path: string,
    durability: Durability,
    onDamage: DamageListener,
  ): Promise<DataDirectory> {
    await makeUsable(path)
    const lock = await DirectoryLock.acquire(path)
    let metadata: Metadata | undefined
    try {
      await checkFormat(path)
      metadata = await LmdbMetadata.open(join(path, 'definitions.mdb'))
      const journal = await SegmentJournal.open(join(path, 'journal'), durability, onDamage)
      // The engines flush their files, and these are the names by which they are found again.
      await flushDirectory(path)
      return new DataDirectory(lock, metadata, new CheckedJournal(journal, onDamage))
    } catch (error) {
      await metadata?.close()
      await lock.release()
      throw storeError(`cannot use the data directory ${path}`, error)
    }
  }

  private constructor(lock: DirectoryLock, metadata: Metadata, journal: Journal) {
    this.#lock = lock
    this.metadata = metadata
    this.journal = journal
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    await this.journal.close()
    await this.metadata.close()
    await this.#lock.release()
  }
}
