import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeDurably } from './durable-file.ts'
import { StoreError } from './store-error.ts'

/** Counts up with each change that an older version of this program could not read. */
const FORMAT = 1

/** Marks a new directory as ours, and refuses one that this version does not understand. */
export async function checkFormat(directory: string): Promise<void> {
  const path = join(directory, 'format')
  const text = await readIfThere(path)
  if (text === undefined) return writeDurably(path, `leveret store ${FORMAT}\n`)
  const format = Number(/^leveret store (\d+)\n$/.exec(text)?.[1])
  if (Number.isNaN(format)) throw new StoreError(`${path} is not that of a data directory`)
  if (format > FORMAT) {
    throw new StoreError(
      `the data directory ${directory} was written by a newer version of this program: it has format ${format}, and this version knows formats up to ${FORMAT}`,
    )
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
