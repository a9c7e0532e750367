import { rm } from 'node:fs/promises'
import { type RootDatabase, TransactionFlags } from 'lmdb'
import { flushFile, replaceDurably } from '../durable-file.ts'
import { GroupCommit } from '../group-commit.ts'
import type { Durability, Journal } from '../journal.ts'
import { StoreError } from '../store-error.ts'
import { LmdbFile } from './lmdb-file.ts'

type Write =
  | { readonly position: number; readonly record: Buffer }
  | { readonly from: number; readonly upTo: number }
  | 'unmap'

/** A file that is smaller is not worth any work. */
const SMALL_BYTES = 16 << 20
/** How much may be read before the file is mapped anew. */
const MAPPED_BYTES = 16 << 20
/** How many records one commit removes. */
const REMOVED_AT_ONCE = 1000

/**
 * A journal in LMDB: the position is the key.
 *
 * With `disk`, LMDB commits in a thread of its own and flushes twice, first the pages and then the
 * root. With `os` it flushes nothing, and commits here and now: a change of threads would cost more
 * than the commit. After a loss of power such a file may be of no use.
 *
 * Reading and removing map pages into the memory of the process, where they stay and count as its
 * own. So the file is closed now and then, which forgets them.
 */
export class LmdbJournal implements Journal {
  readonly #file: LmdbFile
  readonly #durability: Durability
  readonly #group = new GroupCommit<Write>((writes) => this.#commit(writes))
  #first: number
  #last: number
  #readBytes = 0

  /** Opens the file, or makes it; one that is mostly empty space is made smaller first. */
  static async open(path: string, durability: Durability): Promise<LmdbJournal> {
    const file = new LmdbFile(path, { encoding: 'binary', noSync: durability === 'os' })
    await shrink(file)
    return new LmdbJournal(file, durability)
  }

  private constructor(file: LmdbFile, durability: Durability) {
    this.#file = file
    this.#durability = durability
    this.#first = positionAtEnd(file.open(), false) ?? 1
    this.#last = positionAtEnd(file.open(), true) ?? 0
  }

  get bytes(): number {
    return this.#file.space.usedBytes
  }

  async recover(visit: (position: number, record: Buffer) => void): Promise<void> {
    let next = this.#first
    while (next <= this.#last) {
      let visitedBytes = 0
      for (const { key, value } of this.#file.open().getRange({ start: next })) {
        visit(Number(key), value)
        next = Number(key) + 1
        visitedBytes += value.length
        if (visitedBytes > MAPPED_BYTES) break
      }
      await this.#file.close()
    }
  }

  append(parts: readonly Buffer[]): Promise<number> {
    const position = ++this.#last
    return this.#group.add({ position, record: Buffer.concat(parts) }, position)
  }

  async read(first: number, last: number): Promise<Buffer[]> {
    const db = this.#file.open()
    for (const position of [first, last]) {
      if (!db.doesExist(position)) throw new StoreError(`record ${position} is not there`)
    }
    const records: Buffer[] = []
    for (const position of db.getKeys({ start: first, end: last + 1 })) {
      const record = db.getBinary(position) as Buffer
      this.#readBytes += record.length
      records.push(record)
    }
    if (this.#readBytes > MAPPED_BYTES) {
      this.#readBytes = 0
      await this.#group.add('unmap', undefined)
    }
    return records
  }

  async truncate(upTo: number): Promise<void> {
    const end = Math.min(upTo, this.#last)
    do {
      const from = this.#first
      const last = Math.min(end, from + REMOVED_AT_ONCE - 1)
      await this.#group.add({ from, upTo: last }, undefined)
      this.#first = Math.max(this.#first, last + 1)
    } while (this.#first <= end)
  }

  async close(): Promise<void> {
    await this.#group.close()
    await this.#file.close()
    if (this.#durability === 'os') await flushFile(this.#file.path)
  }

  async #commit(writes: readonly Write[]): Promise<void> {
    if (this.#durability === 'disk') await this.#file.write((db) => apply(writes, db))
    else await this.#file.write((db) => applyNow(writes, db))
    if (writes.some((write) => write === 'unmap' || 'upTo' in write)) await this.#file.close()
  }
}

function applyNow(writes: readonly Write[], db: RootDatabase): undefined {
  db.transactionSync(() => void apply(writes, db), TransactionFlags.SYNCHRONOUS_COMMIT)
}

/** The promise of the last write is that of the commit, which all of them share. */
function apply(writes: readonly Write[], db: RootDatabase): Promise<boolean> {
  let committed = Promise.resolve(true)
  for (const write of writes) {
    if (write === 'unmap') continue
    if ('record' in write) committed = db.put(write.position, write.record)
    else for (let at = write.from; at <= write.upTo; at++) committed = db.remove(at)
  }
  return committed
}

function positionAtEnd(db: RootDatabase, reverse: boolean): number | undefined {
  for (const key of db.getKeys({ limit: 1, reverse })) return Number(key)
  return undefined
}

async function shrink(file: LmdbFile): Promise<void> {
  const { entryCount, usedBytes, fileBytes } = file.space
  if (fileBytes <= SMALL_BYTES || usedBytes > fileBytes / 2) return
  const smaller = `${file.path}.smaller`
  await rm(smaller, { force: true })
  if (entryCount > 0) {
    await file.open().backup(smaller, true)
    await flushFile(smaller)
  }
  await file.close()
  if (entryCount > 0) await replaceDurably(smaller, file.path)
  else await rm(file.path)
}
