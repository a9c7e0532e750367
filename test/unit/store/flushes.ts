import { statSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { vi } from 'vitest'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

type Flush = (this: FileHandle) => Promise<void>

/** Sees which files and directories are flushed by another thread, until mocks are restored. */
export class Flushes {
  /** So many of the next ones of the journal fail. */
  failures = 0
  readonly #inodes = new Set<number>()

  static async watch(): Promise<Flushes> {
    const flushes = new Flushes()
    const handle = await open(temporaryDirectory())
    const prototype = Object.getPrototypeOf(handle) as Record<'datasync' | 'sync', Flush>
    await handle.close()
    for (const name of ['datasync', 'sync'] as const) {
      const flush = prototype[name]
      vi.spyOn(prototype, name).mockImplementation(async function (this: FileHandle) {
        if (name === 'datasync' && flushes.failures-- > 0) throw new Error('EIO: i/o error')
        await flush.call(this)
        flushes.#inodes.add((await this.stat()).ino)
      })
    }
    return flushes
  }

  has(path: string): boolean {
    return this.#inodes.has(statSync(path).ino)
  }
}
