import { readdirSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CheckedJournal } from '../../src/store/checked-journal.ts'
import { DataDirectory } from '../../src/store/data-directory.ts'
import type { Damage, Durability, Journal } from '../../src/store/journal.ts'
import { SegmentJournal } from '../../src/store/segments/segment-journal.ts'
import { SpillFile } from '../../src/store/spill/spill-file.ts'
import type { SpillSlot } from '../../src/store/spill-store.ts'
import { StoreError } from '../../src/store/store-error.ts'
import { numberedRecord, numberOf } from './numbered-record.ts'
import { CANNOT_MOUNT, readOnlyFilesystem, smallFilesystem } from './small-filesystem.ts'

const MEBIBYTE = 1 << 20
const ROUNDS = 3
/** How many writes are under way at the same time, and how many in a row are refused when it is full. */
const WINDOW = 8
const REFUSALS = 40

const why = CANNOT_MOUNT === undefined ? '' : ` (skipped: ${CANNOT_MOUNT})`

/** Writes until the disk takes no more, small things too; gives what it took, in order. */
async function fill<Stored>(write: (number: number) => Promise<Stored>): Promise<Stored[]> {
  const stored: Stored[] = []
  for (let number = 1, refusals = 0; refusals < REFUSALS; ) {
    const writes = Array.from({ length: WINDOW }, () => write(number++))
    for (const outcome of await Promise.allSettled(writes)) {
      if (outcome.status === 'fulfilled') stored.push(outcome.value)
      else {
        refusals++
        expect(outcome.reason).toBeInstanceOf(StoreError)
        expect(outcome.reason.message).toMatch(/ENOSPC|bytes fit in/)
      }
    }
  }
  return stored
}

function freeBytes(directory: string): number {
  const { bavail, bsize } = statfsSync(directory)
  return bavail * bsize
}

describe.skipIf(CANNOT_MOUNT !== undefined)(`a small disk${why}`, () => {
  describe.each<Durability>(['disk', 'os'])('with a journal of durability %s', (durability) => {
    const damages: Damage[] = []

    async function openJournal(directory: string) {
      const onDamage = (damage: Damage): void => void damages.push(damage)
      const engine = await SegmentJournal.open(directory, durability, onDamage)
      const journal = new CheckedJournal(engine, onDamage)
      const numbers: number[] = []
      await journal.recover((_, record) => numbers.push(numberOf(record)))
      return { journal, numbers }
    }

    it('is filled and emptied again and again, and nothing is lost', async () => {
      const directory = join(smallFilesystem(24), 'journal')
      let { journal } = await openJournal(directory)
      const counts: number[] = []
      for (let round = 0; round < ROUNDS; round++) {
        const stored = await fill(async (number) => ({
          number,
          position: await journal.append(numberedRecord(number)),
        }))
        const numbers = stored.map(({ number }) => number)
        const last = stored.at(-1)?.position as number
        counts.push(stored.length)
        expect(await numbersIn(journal, stored[0]?.position as number, last)).toEqual(numbers)

        // A process that comes later finds the same, and can remove it though there is no room.
        await journal.close()
        const reopened = await openJournal(directory)
        journal = reopened.journal
        expect(reopened.numbers).toEqual(numbers)
        const middle = stored[stored.length >> 1]?.position as number
        await journal.truncate(middle)
        const next = await journal.append(numberedRecord(1))
        await journal.truncate(last)
        expect(await numbersIn(journal, next, next)).toEqual([1])
        await journal.truncate(next)
        expect(freeBytes(directory)).toBeGreaterThan(22 * MEBIBYTE)
      }
      expect(Math.min(...counts)).toBeGreaterThan(0.8 * Math.max(...counts))
      expect(damages).toEqual([])
      await journal.close()
      expect(readdirSync(directory).filter((name) => !name.endsWith('.segment'))).toEqual([
        'truncated',
      ])
    })
  })

  it('takes definitions again when there is room again', async () => {
    const path = join(smallFilesystem(24), 'data')
    const directory = await DataDirectory.open(path, 'disk', () => {})
    const { journal, metadata } = directory
    await journal.recover(() => {})
    const expected = new Map<string, string>()
    for (let round = 0; round < ROUNDS; round++) {
      const positions = await fill((number) => journal.append(numberedRecord(number)))
      const [large, after] = [`large ${round}`, `after ${round}`]
      await expect(metadata.put(large, 'x'.repeat(4 * MEBIBYTE))).rejects.toThrow(StoreError)
      await journal.truncate(positions.at(-1) as number)
      await metadata.put(after, 'y'.repeat(100_000))
      expected.set(after, 'y'.repeat(100_000))
      expect(await metadata.load()).toEqual(expected)
    }
    await directory.close()
  })

  it('is filled with pages and emptied again and again, and all of them can be read', async () => {
    const directory = smallFilesystem(24)
    const file = await SpillFile.open(join(directory, 'spill'))
    const counts: number[] = []
    const check = async (slot: SpillSlot, number: number): Promise<void> =>
      expect(numberOf((await file.read(slot)) as Buffer)).toBe(number)
    for (let round = 0; round < ROUNDS; round++) {
      const stored = await fill(async (number) => ({
        number,
        slot: await file.write(numberedRecord(number)),
      }))
      counts.push(stored.length)
      for (const { slot, number } of stored) await check(slot, number)
      const given = stored.filter((_, index) => index % 2 === 0)
      for (const { slot } of given) file.free(slot)
      for (const { number } of given.slice(0, 50)) {
        const slot = await file.write(numberedRecord(number))
        await check(slot, number)
        file.free(slot)
      }
      for (const { slot, number } of stored.filter((_, index) => index % 2 === 1)) {
        await check(slot, number)
        file.free(slot)
      }
      expect(file.bytes).toBe(0)
      await expect.poll(() => freeBytes(directory)).toBeGreaterThan(23 * MEBIBYTE)
    }
    expect(Math.min(...counts)).toBeGreaterThan(0.8 * Math.max(...counts))
    await file.close()
  })
})

describe.skipIf(CANNOT_MOUNT !== undefined)(`a read-only disk${why}`, () => {
  it('is refused, whether the data directory is there or not', async () => {
    const path = readOnlyFilesystem()
    const openDirectory = (path: string) => DataDirectory.open(path, 'disk', () => {})
    await expect(openDirectory(path)).rejects.toThrow(
      `the data directory ${path} cannot be written to: EROFS`,
    )
    const below = join(path, 'data')
    await expect(openDirectory(below)).rejects.toThrow(
      `cannot make the data directory ${below}: EROFS`,
    )
  })
})

async function numbersIn(journal: Journal, first: number, last: number): Promise<number[]> {
  return (await journal.read(first, last)).map(numberOf)
}
