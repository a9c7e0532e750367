import { access, constants, mkdir, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { flushDirectory } from './durable-file.ts'
import { StoreError, storeError } from './store-error.ts'

/**
 * Makes a directory, and those above it, unless it is there, and sees that files can be made in it.
 *
 * @throws StoreError when it cannot be used, and says why.
 */
export async function makeUsable(path: string): Promise<void> {
  try {
    const made = await make(path)
    if (made !== undefined) await flushNames(resolve(made), resolve(path))
    if (!(await stat(path)).isDirectory()) {
      throw new StoreError(`the data directory ${path} is not a directory`)
    }
  } catch (error) {
    throw storeError(`cannot make the data directory ${path}`, error)
  }
  try {
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    throw storeError(`the data directory ${path} cannot be written to`, error)
  }
}

/** Resolves with the uppermost directory that it made, if any. */
async function make(path: string): Promise<string | undefined> {
  try {
    // Not recursive at first, for then Node says of a read-only file system that nothing is there.
    await mkdir(path, { mode: 0o700 })
    return path
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EEXIST') return undefined
    if (code === 'ENOENT') return mkdir(path, { recursive: true, mode: 0o700 })
    throw error
  }
}

/** Makes the names durable of a directory and of those above it, up to one of them. */
async function flushNames(uppermost: string, path: string): Promise<void> {
  for (let made = path; made.length >= uppermost.length; made = dirname(made)) {
    await flushDirectory(dirname(made))
  }
}
