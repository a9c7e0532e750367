import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { temporaryDirectory } from '../support/temporary-directory.ts'

/** Why this process cannot make a filesystem of its own, or nothing if it can. */
export const CANNOT_MOUNT: string | undefined = reasonNotToMount()

/** An empty directory that has so much room, in memory; it goes with the test. */
export function smallFilesystem(mebibytes: number): string {
  const directory = temporaryDirectory()
  mount(directory, `size=${mebibytes}m`)
  onTestFinished(() => unmount(directory))
  return directory
}

/** An empty directory that nobody can write to. */
export function readOnlyFilesystem(): string {
  const directory = temporaryDirectory()
  mount(directory, 'ro')
  onTestFinished(() => unmount(directory))
  return directory
}

function reasonNotToMount(): string | undefined {
  if (process.platform !== 'linux') return 'it can be made on Linux only'
  if (process.getuid?.() !== 0) return 'only root can make it'
  const directory = mkdtempSync(join(tmpdir(), 'leveret-test-'))
  try {
    // Root in a container usually may not.
    mount(directory, 'ro')
    unmount(directory)
    return undefined
  } catch {
    return 'mount is refused'
  } finally {
    rmdirSync(directory)
  }
}

function mount(directory: string, options: string): void {
  const words = ['-t', 'tmpfs', '-o', options, 'leveret-test', directory]
  execFileSync('mount', words, { stdio: 'ignore' })
}

function unmount(directory: string): void {
  execFileSync('umount', [directory], { stdio: 'ignore' })
}
