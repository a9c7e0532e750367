import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { DirectoryLock } from '../../src/store/lmdb/directory-lock.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const WRITER = fileURLToPath(new URL('writer-process.ts', import.meta.url))

describe('DirectoryLock', () => {
  it('keeps out another process, and a second one of the same', async () => {
    const directory = temporaryDirectory()
    const lock = await DirectoryLock.acquire(directory)
    const inUse = `the data directory ${directory} is in use by another broker`

    await expect(DirectoryLock.acquire(directory)).rejects.toThrow(inUse)
    const args = ['--import', 'tsx', WRITER, 'SegmentJournal', directory, 'disk', '1']
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] })
    const [stderr, [exitCode]] = await Promise.all([text(child.stderr), once(child, 'exit')])
    expect(stderr).toContain(`${inUse}, process ${process.pid}`)
    expect(exitCode).toBe(1)
    await expect(DirectoryLock.acquire(directory)).rejects.toThrow(inUse)

    await lock.release()
    await (await DirectoryLock.acquire(directory)).release()
  })

  it('is free as soon as the process that had it was killed', async () => {
    const directory = temporaryDirectory()
    const args = ['--import', 'tsx', WRITER, 'SegmentJournal', directory, 'disk', '1']
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    await once(child.stdout, 'data')
    await expect(DirectoryLock.acquire(directory)).rejects.toThrow(`process ${child.pid}`)
    child.kill('SIGKILL')
    await once(child, 'exit')
    await (await DirectoryLock.acquire(directory)).release()
  })

  it('is had by one of many who ask for it at once', async () => {
    const directory = temporaryDirectory()
    const attempts = Array.from({ length: 5 }, () => DirectoryLock.acquire(directory))
    const outcomes = await Promise.allSettled(attempts)
    const acquired = outcomes.filter((outcome) => outcome.status === 'fulfilled')
    expect(acquired).toHaveLength(1)
    await acquired[0]?.value.release()
  })

  it('is different for different directories', async () => {
    const locks = [temporaryDirectory(), temporaryDirectory()].map((directory) =>
      DirectoryLock.acquire(directory),
    )
    for (const lock of await Promise.all(locks)) await lock.release()
  })
})
