import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { SpillFile } from '../../../../src/store/spill/spill-file.ts'
import { StoreError } from '../../../../src/store/store-error.ts'
import { temporaryDirectory } from '../../../support/temporary-directory.ts'

const MEBIBYTE = 1 << 20

afterEach(() => vi.restoreAllMocks())

let path: string

beforeEach(() => {
  path = join(temporaryDirectory(), 'spill')
})

async function openFile(): Promise<SpillFile> {
  const file = await SpillFile.open(path)
  onTestFinished(() => file.close())
  return file
}

const page = (content: string, size = content.length): Buffer[] => [Buffer.alloc(size, content)]

/** What all handles of files are made of, for a test to spoil. */
async function handlePrototype(): Promise<FileHandle> {
  const handle = await open(process.execPath)
  await handle.close()
  return Object.getPrototypeOf(handle)
}

describe('SpillFile', () => {
  it('is no file until there is a page, nor after it is closed', async () => {
    const file = await SpillFile.open(path)
    expect(existsSync(path)).toBe(false)
    await file.write(page('a'))
    expect(statSync(path).mode & 0o077).toBe(process.platform === 'win32' ? 0o066 : 0)
    await file.close()
    expect(existsSync(path)).toBe(false)
    await (await SpillFile.open(path)).close()
  })

  it('removes what another process has left', async () => {
    writeFileSync(path, 'left behind')
    await openFile()
    expect(existsSync(path)).toBe(false)
  })

  it('says that its place is taken', async () => {
    mkdirSync(path)
    const error = await SpillFile.open(path).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(StoreError)
    expect((error as Error).message).toContain(`cannot remove ${path}`)
  })

  it('gives back a page of any number of parts, also of none', async () => {
    const file = await openFile()
    const many = Array.from({ length: 3000 }, (_, n) => Buffer.from(`part ${n};`))
    for (const parts of [many, [], [Buffer.alloc(0)], page('x', 5 * MEBIBYTE)]) {
      const slot = await file.write(parts)
      expect((await file.read(slot))?.equals(Buffer.concat(parts))).toBe(true)
    }
  })

  it('counts what its pages take, and puts new ones where old ones were', async () => {
    const file = await openFile()
    const slots = await Promise.all(
      ['a', 'b', 'c', 'd'].map((content) => file.write(page(content, 10_000))),
    )
    expect(file.bytes).toBe(4 * 12_288)
    for (const slot of slots.slice(1, 3)) file.free(slot)
    expect(file.bytes).toBe(2 * 12_288)
    expect(await file.write(page('large', 24_000))).toMatchObject({ offset: slots[1]?.offset })
    expect(statSync(path).size).toBeLessThanOrEqual(4 * 12_288)
  })

  it('gets shorter when its end is given up', async () => {
    const file = await openFile()
    const first = await file.write(page('a', MEBIBYTE))
    const others = await Promise.all(
      ['b', 'c', 'd'].map((content) => file.write(page(content, MEBIBYTE))),
    )
    for (const slot of others) file.free(slot)
    await expect.poll(() => statSync(path).size).toBe(MEBIBYTE)
    expect((await file.read(first))?.equals(page('a', MEBIBYTE)[0] as Buffer)).toBe(true)
    file.free(first)
    await expect.poll(() => statSync(path).size).toBe(0)
  })

  it('does not lose a page that is written while its end is cut off', async () => {
    const file = await openFile()
    for (let round = 0; round < 20; round++) {
      const slot = await file.write(page('old', 2 * MEBIBYTE))
      file.free(slot)
      const next = await file.write(page('new', 1000))
      expect((await file.read(next))?.equals(page('new', 1000)[0] as Buffer)).toBe(true)
      file.free(next)
    }
  })

  it('gives what is being read to nobody else until it is read', async () => {
    const file = await openFile()
    const slot = await file.write(page('read', 100_000))
    const reads = [file.read(slot), file.read(slot)]
    file.free(slot)
    const other = await file.write(page('other', 100_000))
    expect(other.offset).not.toBe(slot.offset)
    for (const read of reads) expect(String(await read).startsWith('readread')).toBe(true)
    expect(file.bytes).toBe(102_400)
    expect((await file.write(page('third', 100_000))).offset).toBe(slot.offset)
  })

  it('refuses a page that was given up', async () => {
    const file = await openFile()
    const slot = await file.write(page('a'))
    file.free(slot)
    await expect(file.read(slot)).rejects.toThrow('given up')
    expect(() => file.free(slot)).toThrow('given up twice')
  })

  it.each([
    ['other bytes', (bytes: Buffer) => bytes.fill('?', 4096, 4100)],
    ['less than it was', (bytes: Buffer) => bytes.subarray(0, 5000)],
  ])('never gives out a page when the file has %s', async (_, spoil) => {
    const file = await openFile()
    const good = await file.write(page('good'))
    const bad = await file.write(page('bad', 4096))
    writeFileSync(path, spoil(readFileSync(path)))
    expect(await file.read(bad)).toBeUndefined()
    expect(String(await file.read(good))).toBe('good')
  })

  it('finishes what is under way when it is closed, and then refuses', async () => {
    const file = await SpillFile.open(path)
    const slot = await file.write(page('a', MEBIBYTE))
    const reading = file.read(slot)
    const writing = file.write(page('b', MEBIBYTE))
    await file.close()
    expect((await reading)?.length).toBe(MEBIBYTE)
    await writing
    await expect(file.write(page('c'))).rejects.toThrow('closed')
    await expect(file.read(slot)).rejects.toThrow('closed')
    file.free(slot)
    expect(existsSync(path)).toBe(false)
  })
})

describe('a write of SpillFile that fails', () => {
  it('for lack of space leaves no trace, and the next one may succeed', async () => {
    const file = await openFile()
    const slot = await file.write(page('a', MEBIBYTE))
    const writev = vi.spyOn(await handlePrototype(), 'writev')
    writev.mockImplementationOnce(async function (this: FileHandle, buffers, position) {
      const [first] = buffers as Buffer[]
      await this.write(first as Buffer, 0, 10_000, position)
      return { bytesWritten: 10_000, buffers }
    })
    await expect(file.write(page('b', MEBIBYTE))).rejects.toThrow(
      `cannot write to ${path}: only 10000 of 1048576 bytes fit in`,
    )
    writev.mockRejectedValueOnce(new Error('ENOSPC: no space left on device, writev'))
    await expect(file.write(page('b', MEBIBYTE))).rejects.toThrow('ENOSPC')
    expect(file.bytes).toBe(MEBIBYTE)
    await expect.poll(() => statSync(path).size).toBe(MEBIBYTE)
    expect(String(await file.read(slot)).startsWith('aaa')).toBe(true)
    expect((await file.write(page('c', MEBIBYTE))).offset).toBe(MEBIBYTE)
  })

  it('for lack of the directory succeeds when that is there', async () => {
    path = join(path, 'spill')
    const file = await openFile()
    await expect(file.write(page('a'))).rejects.toThrow('ENOENT')
    expect(file.bytes).toBe(0)
    mkdirSync(join(path, '..'))
    expect(String(await file.read(await file.write(page('a'))))).toBe('a')
  })
})
