import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** What the name of a file ends in that is not finished: what is left of one is of no use. */
export const UNFINISHED = '.new'

/** Puts a file there, or in the place of another: after a loss of power there is one of the two. */
export async function writeDurably(path: string, content: string | Buffer): Promise<void> {
  const unfinished = `${path}${UNFINISHED}`
  try {
    const file = await open(unfinished, 'w', 0o600)
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await replaceDurably(unfinished, path)
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => {})
    throw error
  }
}

/** Renames a file that is flushed already. */
export async function replaceDurably(from: string, to: string): Promise<void> {
  await rename(from, to)
  await flushDirectory(dirname(to))
}

export async function flushFile(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Makes the names in a directory durable. Windows has no such thing, and does it by itself. */
export async function flushDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
