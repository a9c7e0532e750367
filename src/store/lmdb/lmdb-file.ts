import { open, type RootDatabase, type RootDatabaseOptions } from 'lmdb'
import { storeError } from '../store-error.ts'

/** How full an LMDB file is. */
export interface LmdbSpace {
  readonly entryCount: number
  readonly usedBytes: number
  readonly fileBytes: number
}

const OPTIONS = {
  noSubdir: true,
  maxDbs: 1,
  permissionsMode: 0o600,
  // A commit that is done is then on the disk, and there is nothing else to wait for.
  overlappingSync: false,
}

/**
 * One file of LMDB, with one table. It is opened when it is needed: after a write has failed, LMDB
 * may have stopped for good, and only opening it anew shows whether the disk works again.
 */
export class LmdbFile {
  readonly path: string
  readonly #options: RootDatabaseOptions
  #db: RootDatabase | undefined

  constructor(path: string, options: RootDatabaseOptions) {
    this.path = path
    this.#options = options
  }

  /** Its table, which is opened if it is not. */
  open(): RootDatabase {
    try {
      this.#db ??= open(this.path, { ...OPTIONS, ...this.#options })
      return this.#db
    } catch (error) {
      throw storeError(`cannot open ${this.path}`, error)
    }
  }

  get space(): LmdbSpace {
    const stats = this.open().getStats() as Statistics
    const pageCount = stats.treeBranchPageCount + stats.treeLeafPageCount + stats.overflowPages
    return {
      entryCount: stats.entryCount,
      usedBytes: pageCount * stats.pageSize,
      fileBytes: (stats.lastPageNumber + 1) * stats.pageSize,
    }
  }

  /** Commits what `change` does to the table, which it does at once or in its last promise. */
  async write(change: (db: RootDatabase) => Promise<unknown> | undefined): Promise<void> {
    try {
      await change(this.open())
    } catch (error) {
      const cause = await causeOf(error)
      await this.close().catch(() => {})
      throw storeError(`cannot write to ${this.path}`, cause)
    }
  }

  /** Lets go of the file, and of the memory that it is mapped to; using it opens it again. */
  async close(): Promise<void> {
    const db = this.#db
    this.#db = undefined
    await db?.close()
  }
}

interface Statistics {
  readonly pageSize: number
  readonly entryCount: number
  readonly treeBranchPageCount: number
  readonly treeLeafPageCount: number
  readonly overflowPages: number
  readonly lastPageNumber: number
}

/** A failed commit says no more than that it failed, and has the reason in a promise that rejects. */
async function causeOf(error: unknown): Promise<unknown> {
  if (!(error instanceof Error && 'commitError' in error)) return error
  try {
    await error.commitError
    return error
  } catch (cause) {
    return cause
  }
}
