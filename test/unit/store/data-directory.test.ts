import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { DataDirectory } from '../../../src/store/data-directory.ts'
import { StoreError } from '../../../src/store/store-error.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { Flushes } from './flushes.ts'

afterEach(() => vi.restoreAllMocks())

const openDirectory = (path: string): Promise<DataDirectory> =>
  DataDirectory.open(path, 'disk', () => {})

async function refusal(path: string): Promise<Error> {
  const error = await openDirectory(path).catch((error: unknown) => error)
  expect(error).toBeInstanceOf(StoreError)
  expect((error as Error).message).not.toContain('\n')
  return error as Error
}

describe('DataDirectory', () => {
  it('is made where there is none, for nobody else to read, and keeps what is put into it', async () => {
    const path = join(temporaryDirectory(), 'deep/down')
    const directory = await openDirectory(path)
    await directory.journal.recover(() => {})
    const [position] = await Promise.all([
      directory.journal.append([Buffer.from('a record')]),
      directory.metadata.put('key', 'value'),
    ])
    await directory.close()
    for (const part of process.platform === 'win32' ? [] : ['.', 'definitions.mdb']) {
      expect(statSync(join(path, part)).mode & 0o077).toBe(0)
    }
    expect(readFileSync(join(path, 'format'), 'utf8')).toBe('leveret store 1\n')

    const reopened = await openDirectory(path)
    const records: [number, string][] = []
    await reopened.journal.recover((...[at, record]) => records.push([at, String(record)]))
    expect(records).toEqual([[position, 'a record']])
    expect(await reopened.metadata.load()).toEqual(new Map([['key', 'value']]))
    await reopened.close()
  })

  it('is found again after a loss of power, and so is what a killed process has put into it', async () => {
    const path = join(temporaryDirectory(), 'deep/down')
    const flushes = await Flushes.watch()
    await (await openDirectory(path)).close()
    const directories = process.platform === 'win32' ? [] : ['.', '..', '../..']
    for (const part of [...directories, 'definitions.mdb']) {
      expect([part, flushes.has(join(path, part))]).toEqual([part, true])
    }
  })

  it('is refused to a second broker, until the first one has closed it', async () => {
    const path = temporaryDirectory()
    const directory = await openDirectory(path)
    for (const _ of ['once', 'twice']) {
      expect((await refusal(path)).message).toBe(
        `the data directory ${path} is in use by another broker`,
      )
    }
    await directory.close()
    await (await openDirectory(path)).close()
  })

  it('is refused when a newer version wrote it, and is left as it is', async () => {
    const path = temporaryDirectory()
    writeFileSync(join(path, 'format'), 'leveret store 2\n')
    for (const _ of ['once', 'twice']) {
      expect((await refusal(path)).message).toBe(
        `the data directory ${path} was written by a newer version of this program: it has format 2, and this version knows formats up to 1`,
      )
    }
    expect(existsSync(join(path, 'journal'))).toBe(false)
  })

  it('is refused when its format is not one', async () => {
    const path = temporaryDirectory()
    writeFileSync(join(path, 'format'), 'something else')
    expect((await refusal(path)).message).toBe(
      `${join(path, 'format')} is not that of a data directory`,
    )
  })

  it('is refused when its place, or one above it, is taken by a file', async () => {
    const path = join(temporaryDirectory(), 'file')
    writeFileSync(path, '')
    expect((await refusal(path)).message).toBe(`the data directory ${path} is not a directory`)
    const below = join(path, 'data')
    expect((await refusal(below)).message).toContain(
      `cannot make the data directory ${below}: ENOTDIR`,
    )
  })

  it.skipIf(process.getuid?.() === 0)(
    'is refused when it cannot be written to (skipped for root, who can)',
    async () => {
      const path = temporaryDirectory()
      chmodSync(path, 0o500)
      expect((await refusal(path)).message).toContain(
        `the data directory ${path} cannot be written to: EACCES`,
      )
    },
  )

  it('is refused when a part of it cannot be opened, and is not locked then', async () => {
    const path = temporaryDirectory()
    mkdirSync(join(path, 'definitions.mdb'))
    for (const _ of ['once', 'twice']) {
      expect((await refusal(path)).message).toContain(`cannot open ${path}/definitions.mdb`)
    }
    rmdirSync(join(path, 'definitions.mdb'))
    await (await openDirectory(path)).close()
  })
})
