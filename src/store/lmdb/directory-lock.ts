import { join } from 'node:path'
import { open, type RootDatabase, type Transaction } from 'lmdb'
import { StoreError, storeError } from '../store-error.ts'

/**
 * Sees to it that no second broker works in a directory, in this process or in another.
 *
 * A file that merely holds a process id is not enough: it outlives a killed process, taking a dead
 * one over is a race, and two containers that share a volume both see process 1. What is needed is a
 * lock that the kernel gives back when its holder dies. Node has none, but LMDB has, on every platform
 * it runs on: whoever opens an environment holds a lock on it, the first to come clears its table
 * of readers, and each reader has a place in that table. So the lock is an environment that is always
 * empty and has one place, and who sits there has the directory.
 */
export class DirectoryLock {
  /** LMDB gives up what nobody refers to any more; who has the directory need not keep the lock. */
  static readonly #held = new Set<DirectoryLock>()
  readonly #environment: RootDatabase
  readonly #place: Transaction

  private constructor(environment: RootDatabase, place: Transaction) {
    this.#environment = environment
    this.#place = place
    DirectoryLock.#held.add(this)
  }

  /** @throws StoreError when the directory is in use. */
  static async acquire(directory: string): Promise<DirectoryLock> {
    const environment = openEnvironment(directory)
    try {
      // Looked at first, because to wait for a place that a process with our own number has, as in
      // another container, takes LMDB ten seconds.
      if (holderOf(environment) !== undefined) throw inUse(directory, environment)
      return new DirectoryLock(environment, environment.useReadTransaction())
    } catch (error) {
      const problem = isTableFull(error) ? inUse(directory, environment) : error
      await environment.close()
      throw storeError(`cannot lock the data directory ${directory}`, problem)
    }
  }

  async release(): Promise<void> {
    DirectoryLock.#held.delete(this)
    this.#place.done()
    await this.#environment.close()
  }
}

function openEnvironment(directory: string): RootDatabase {
  try {
    return open({
      path: join(directory, 'lock'),
      noSubdir: true,
      maxReaders: 1,
      maxDbs: 1,
      overlappingSync: false,
      encoding: 'binary',
    })
  } catch (error) {
    throw storeError(`cannot lock the data directory ${directory}`, error)
  }
}

/** The process that has the place. The list is a table for people, with such numbers in its rows. */
function holderOf(environment: RootDatabase): number | undefined {
  const id = /^\s*(\d+)/m.exec(environment.readerList())?.[1]
  return id === undefined ? undefined : Number(id)
}

const isTableFull = (error: unknown): boolean =>
  error instanceof Error && error.message.startsWith('MDB_READERS_FULL')

function inUse(directory: string, environment: RootDatabase): StoreError {
  const holder = holderOf(environment)
  // Our own number is that of another process in another container, or does not help anyway.
  const who = holder === undefined || holder === process.pid ? '' : `, process ${holder}`
  return new StoreError(`the data directory ${directory} is in use by another broker${who}`)
}
