import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { writeAll } from '../../../../src/store/segments/write-all.ts'
import { temporaryDirectory } from '../../../support/temporary-directory.ts'

it.each([1, 3, 7, 1000])('writes all of it in pieces of %i', async (pieceBytes) => {
  const path = join(temporaryDirectory(), 'file')
  const file = await open(path, 'w')
  const buffers = ['head', '', 'a long record', '!'].map((part) => Buffer.from(part))
  await writeAll(file, buffers, 2, pieceBytes)
  await file.close()
  expect(String(await readFile(path))).toBe('\0\0heada long record!')
})

it('throws when something does not fit in', async () => {
  const file = await open(join(temporaryDirectory(), 'file'), 'w')
  vi.spyOn(file, 'writev').mockResolvedValue({ bytesWritten: 3, buffers: [] })
  const written = writeAll(file, [Buffer.from('abc'), Buffer.from('defg')], 0)
  await expect(written).rejects.toThrow('only 3 of 7 bytes fit in')
  await file.close()
})
