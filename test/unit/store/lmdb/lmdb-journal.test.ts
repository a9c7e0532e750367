import { statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { LmdbJournal } from '../../../../src/store/lmdb/lmdb-journal.ts'
import { temporaryDirectory } from '../../../support/temporary-directory.ts'

const MEBIBYTE = 1 << 20

it.each([
  ['some records are left', 3],
  ['none is left', 0],
])('the file of LmdbJournal gets smaller when it is opened and %s', async (_, leftCount) => {
  const path = join(temporaryDirectory(), 'journal.mdb')
  const journal = await LmdbJournal.open(path, 'os')
  const positions: number[] = []
  for (let n = 0; n < 40; n++) positions.push(await journal.append([Buffer.alloc(MEBIBYTE, n)]))
  await journal.truncate(positions[39 - leftCount]!)
  await journal.close()
  expect(statSync(path).size).toBeGreaterThan(40 * MEBIBYTE)

  const reopened = await LmdbJournal.open(path, 'os')
  const found: [number, number][] = []
  await reopened.recover((position, record) => found.push([position, record[9]!]))
  expect(found).toEqual([37, 38, 39].slice(3 - leftCount).map((n) => [positions[n], n]))
  expect(statSync(path).size).toBeLessThan(5 * MEBIBYTE)
  await reopened.close()
})
