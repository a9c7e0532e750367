// What of the files of SegmentJournal is on the disk before something is said to be safe.

import { cpSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import type { Damage } from '../../../../src/store/journal.ts'
import { SegmentJournal } from '../../../../src/store/segments/segment-journal.ts'
import { temporaryDirectory } from '../../../support/temporary-directory.ts'
import { Flushes } from '../flushes.ts'

afterEach(() => vi.restoreAllMocks())

/** So much is flushed by another thread. */
const LARGE = Buffer.alloc(40_000, 'x')
const ALMOST_A_SEGMENT = Buffer.alloc((8 << 20) - 64, 'y')

async function openJournal(directory: string) {
  const damages: Damage[] = []
  const journal = await SegmentJournal.open(directory, 'disk', (damage) => damages.push(damage))
  const records: string[] = []
  await journal.recover((_, record) => records.push(record.toString('latin1', 0, 9)))
  return { journal, records, damages }
}

const segmentsIn = (directory: string): string[] =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.segment'))
    .sort()
    .map((name) => join(directory, name))

it('what a process that was killed has not flushed is flushed once it is found', async () => {
  const directory = temporaryDirectory()
  const { journal } = await openJournal(directory)
  await journal.append([Buffer.from('unawaited')], false)
  const copy = join(temporaryDirectory(), 'journal')
  cpSync(directory, copy, { recursive: true })
  await journal.close()
  const flushes = await Flushes.watch()
  const found = await openJournal(copy)
  expect(found.records).toEqual(['unawaited'])
  expect(flushes.has(segmentsIn(copy)[0] as string)).toBe(true)
  await found.journal.close()
})

it('what nobody waited for is flushed before what follows a failed flush is called safe', async () => {
  const directory = temporaryDirectory()
  const { journal } = await openJournal(directory)
  await journal.append([LARGE])
  await journal.append([Buffer.from('unawaited')], false)
  const flushes = await Flushes.watch()
  // The second one is that of what is left of the segment.
  flushes.failures = 2
  await expect(journal.append([LARGE])).rejects.toThrow('EIO')
  const [path] = segmentsIn(directory) as [string]
  renameSync(path, `${path}.away`)
  await expect(journal.append([LARGE])).rejects.toThrow('ENOENT')
  renameSync(`${path}.away`, path)
  await journal.append([LARGE])
  expect(flushes.has(path)).toBe(true)
  await journal.close()
})

it('no segment is begun as long as the flush of the one before it fails', async () => {
  const directory = temporaryDirectory()
  const { journal, damages } = await openJournal(directory)
  await journal.append([ALMOST_A_SEGMENT])
  await journal.append([LARGE], false)
  const flushes = await Flushes.watch()
  flushes.failures = 1
  await expect(journal.append([Buffer.from('confirmed')])).rejects.toThrow('EIO')
  const first = await journal.append([Buffer.from('confirmed')])
  const last = await journal.append([Buffer.from('next')])
  expect((await journal.read(first, last)).map(String)).toEqual(['confirmed', 'next'])
  await journal.close()
  const again = await openJournal(directory)
  expect(again.records.slice(2)).toEqual(['confirmed', 'next'])
  expect([...damages, ...again.damages]).toEqual([])
  await again.journal.close()
})
