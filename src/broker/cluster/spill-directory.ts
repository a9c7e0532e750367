import { join } from 'node:path'
import { DirectoryLock } from '../../store/lmdb/directory-lock.ts'
import { SpillFile } from '../../store/spill/spill-file.ts'
import { makeUsable } from '../../store/usable-directory.ts'

/** A data directory of which a node of a cluster uses only the room: what lasts is in NATS. */
export class SpillDirectory {
  readonly file: SpillFile
  readonly #lock: DirectoryLock

  /** @throws StoreError when it is in use, or cannot be used */
  static async open(path: string): Promise<SpillDirectory> {
    await makeUsable(path)
    const lock = await DirectoryLock.acquire(path)
    try {
      return new SpillDirectory(await SpillFile.open(join(path, 'spill')), lock)
    } catch (error) {
      await lock.release()
      throw error
    }
  }

  private constructor(file: SpillFile, lock: DirectoryLock) {
    this.file = file
    this.#lock = lock
  }

  async close(): Promise<void> {
    await this.file.close()
    await this.#lock.release()
  }
}
