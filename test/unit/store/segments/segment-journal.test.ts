import fs, {
  appendFileSync,
  readdirSync,
  renameSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { CheckedJournal } from '../../../../src/store/checked-journal.ts'
import type { Damage, Journal } from '../../../../src/store/journal.ts'
import { SegmentJournal } from '../../../../src/store/segments/segment-journal.ts'
import { temporaryDirectory } from '../../../support/temporary-directory.ts'

afterEach(() => {
  vi.restoreAllMocks()
  syncBuiltinESMExports()
})

const MEBIBYTE = 1 << 20

interface Found {
  readonly journal: Journal
  readonly records: string[]
  readonly damages: Damage[]
}

async function openJournal(directory: string): Promise<Found> {
  const damages: Damage[] = []
  const onDamage = (damage: Damage): void => void damages.push(damage)
  const engine = await SegmentJournal.open(directory, 'disk', onDamage)
  const journal = new CheckedJournal(engine, onDamage)
  const records: string[] = []
  await journal.recover((_, record) => records.push(record.toString('latin1')))
  return { journal, records, damages }
}

const append = (journal: Journal, content: string): Promise<number> =>
  journal.append([Buffer.from(content)])

const segmentsIn = (directory: string): string[] =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.segment'))
    .sort()
    .map((name) => join(directory, name))

/** Four segments, the first three with a record that is larger than a segment should be. */
async function fourSegments(directory: string): Promise<{ positions: number[]; paths: string[] }> {
  const { journal } = await openJournal(directory)
  const positions: number[] = []
  for (const content of ['a', 'b', 'c'])
    positions.push(await append(journal, content.repeat(8 * MEBIBYTE)))
  positions.push(await append(journal, 'd'))
  await journal.close()
  return { positions, paths: segmentsIn(directory) }
}

const initials = (records: readonly string[]): string => records.map((record) => record[0]).join('')

describe('the files of SegmentJournal', () => {
  it('are removed as soon as no record in them is left', async () => {
    const directory = temporaryDirectory()
    const { positions, paths } = await fourSegments(directory)
    expect(paths).toHaveLength(4)
    const { journal } = await openJournal(directory)
    await journal.truncate(positions[1]!)
    expect(segmentsIn(directory)).toEqual(paths.slice(2))
    await journal.truncate(positions[3]!)
    expect(segmentsIn(directory)).toEqual([])
    expect(journal.bytes).toBe(0)
    await journal.close()
  })

  it('are as long as what is in them after the journal was closed', async () => {
    const directory = temporaryDirectory()
    const { journal } = await openJournal(directory)
    await append(journal, 'short')
    const [path] = segmentsIn(directory) as [string]
    expect(statSync(path).size).toBeGreaterThan(100_000)
    await journal.close()
    expect(statSync(path).size).toBeLessThan(100)
  })

  it('are made under another name, which is of no use after the process was killed', async () => {
    const directory = temporaryDirectory()
    writeFileSync(join(directory, '0000000000000008.segment.new'), 'segm')
    const { journal, damages } = await openJournal(directory)
    expect(readdirSync(directory)).toEqual(['truncated'])
    expect(damages).toEqual([])
    await journal.close()
  })

  it('have names of their own, also after one that was begun and not written to', async () => {
    const directory = temporaryDirectory()
    const { positions, paths } = await fourSegments(directory)
    truncateSync(paths[3] as string, 32)
    const { journal, records } = await openJournal(directory)
    expect(records.map(([first]) => first)).toEqual(['a', 'b', 'c'])
    await append(journal, 'e')
    await journal.truncate(positions[2] as number)
    await append(journal, 'f')
    await journal.close()
    const again = await openJournal(directory)
    expect(again.records).toEqual(['e', 'f'])
    expect(again.damages).toEqual([])
    await again.journal.close()
  })

  it('may end in zeros, which is what a process that was killed leaves', async () => {
    const directory = temporaryDirectory()
    const { journal } = await openJournal(directory)
    await append(journal, 'whole')
    await journal.close()
    appendFileSync(segmentsIn(directory)[0]!, Buffer.alloc(300_001))
    const { records, damages, journal: reopened } = await openJournal(directory)
    expect({ records, damages }).toEqual({ records: ['whole'], damages: [] })
    await reopened.close()
  })
})

describe('what a SegmentJournal has removed', () => {
  const LAG = 256 << 10

  async function withRemoved(directory: string): Promise<Journal> {
    const { journal } = await openJournal(directory)
    for (const letter of 'abcdef') {
      const position = await append(journal, letter.repeat(LAG / 2))
      await journal.truncate(position)
    }
    await append(journal, 'g')
    return journal
  }

  it('does not come back after it was closed', async () => {
    const directory = temporaryDirectory()
    await (await withRemoved(directory)).close()
    expect((await openJournal(directory)).records).toEqual(['g'])
  })

  it('comes back after a crash with no more than its last part, in order', async () => {
    const directory = temporaryDirectory()
    await withRemoved(directory)
    const { journal, records } = await openJournal(directory)
    const found = records.map((record) => record[0]).join('')
    expect('efg').toContain(found)
    expect(found).toMatch(/g$/)
    await journal.close()
  })
})

describe('damage to the files of SegmentJournal', () => {
  it('is found in a record that is cut short, and told of until something follows it', async () => {
    const directory = temporaryDirectory()
    const { journal } = await openJournal(directory)
    await append(journal, 'whole')
    const torn = await append(journal, 'cut short')
    await journal.close()
    const [path] = segmentsIn(directory) as [string]
    truncateSync(path, statSync(path).size - 5)

    for (const _ of ['seen', 'seen again']) {
      const { records, damages, journal: reopened } = await openJournal(directory)
      expect(records).toEqual(['whole'])
      expect(damages).toEqual([{ position: torn, reason: expect.stringContaining('not what was') }])
      await reopened.close()
    }
    const reopened = await openJournal(directory)
    expect(await append(reopened.journal, 'next')).toBeGreaterThan(torn)
    await reopened.journal.close()
    const last = await openJournal(directory)
    expect(last).toMatchObject({ records: ['whole', 'next'], damages: [] })
    await last.journal.close()
  })

  it('is found in the midst of records, of which those after it are served', async () => {
    const directory = temporaryDirectory()
    const { journal } = await openJournal(directory)
    const positions: number[] = []
    for (const content of ['a', 'b', 'c', 'd', 'e'])
      positions.push(await append(journal, content.repeat(1000)))
    await journal.close()
    const file = await open(segmentsIn(directory)[0]!, 'r+')
    // The header of the second frame and that of the third, where the first frame starts at 32.
    for (const position of positions.slice(1, 3))
      await file.write(Buffer.from('?'), 0, 1, 24 + position)
    await file.close()

    const reopened = await openJournal(directory)
    expect(initials(reopened.records)).toBe('ade')
    expect(reopened.damages).toEqual([
      { position: positions[1], reason: expect.stringContaining('bytes are not what was written') },
    ])
    for (const last of [2, 3, 4]) {
      const found = await reopened.journal.read(positions[0]!, positions[last]!)
      expect(initials(found.map(String))).toBe('ade'.slice(0, last - 1))
      expect(reopened.damages.pop()?.position).toBe(positions[1])
    }
    await reopened.journal.close()
  })

  it('is found when a whole segment is missing', async () => {
    const directory = temporaryDirectory()
    const { positions, paths } = await fourSegments(directory)
    renameSync(paths[1]!, join(directory, 'elsewhere'))
    const { records, damages, journal } = await openJournal(directory)
    expect(initials(records)).toBe('acd')
    expect(damages).toEqual([
      { position: positions[1], reason: expect.stringContaining('missing') },
    ])
    const found = await journal.read(positions[0]!, positions[3]!)
    expect(initials(found.map(String))).toBe('acd')
    await expect(journal.read(positions[1]!, positions[3]!)).rejects.toThrow('is not there')
    await journal.close()
  })

  it('is found in the header of a segment, which is then set aside', async () => {
    const directory = temporaryDirectory()
    const { positions, paths } = await fourSegments(directory)
    const file = await open(paths[2]!, 'r+')
    await file.write(Buffer.from('?'), 0, 1, 24)
    await file.close()
    const { records, damages, journal } = await openJournal(directory)
    expect(initials(records)).toBe('abd')
    expect(damages[0]).toEqual({
      position: positions[2],
      reason: expect.stringContaining('has no valid header'),
    })
    expect(readdirSync(directory).filter((name) => name.endsWith('.damaged'))).toHaveLength(1)
    await journal.close()
  })
})

describe('a write of SegmentJournal that fails', () => {
  const noSpace = Object.assign(new Error('ENOSPC: no space left on device, write'), {
    code: 'ENOSPC',
  })

  /** The disk takes some bytes of the next write, and then no more. */
  function failNextWrite(bytesTaken: number): void {
    vi.spyOn(fs, 'writevSync').mockImplementationOnce((fd, buffers, position) => {
      const all = Buffer.concat(buffers as Buffer[])
      fs.writeSync(fd, all, 0, bytesTaken, position)
      throw noSpace
    })
    // The journal imports the function by its name.
    syncBuiltinESMExports()
  }

  it.each([0, 10, 100, 5000])('after %i bytes rejects, and nothing is lost', async (bytesTaken) => {
    const directory = temporaryDirectory()
    const { journal } = await openJournal(directory)
    const before = await append(journal, 'before')
    failNextWrite(bytesTaken)
    const failed = [append(journal, 'x'.repeat(50)), append(journal, 'y'.repeat(5000))]
    for (const append of failed) {
      await expect(append).rejects.toThrow(`cannot write to the journal in ${directory}: ENOSPC`)
    }
    const after = await append(journal, 'after')
    expect((await journal.read(before, after)).map(String)).toEqual(['before', 'after'])
    await journal.close()
    const reopened = await openJournal(directory)
    expect(reopened).toMatchObject({ records: ['before', 'after'], damages: [] })
    await reopened.journal.close()
  })

  it('many times leaves no files behind', async () => {
    const directory = temporaryDirectory()
    const { journal } = await openJournal(directory)
    await append(journal, 'before')
    for (let n = 0; n < 10; n++) {
      failNextWrite(8)
      await expect(append(journal, 'no')).rejects.toThrow('ENOSPC')
    }
    expect(segmentsIn(directory)).toHaveLength(1)
    await append(journal, 'after')
    expect(segmentsIn(directory)).toHaveLength(2)
    await journal.close()
  })

  it('because of the flush goes on in another file', async () => {
    const directory = temporaryDirectory()
    const { journal } = await openJournal(directory)
    await append(journal, 'before')
    const handle = await open(directory)
    const flush = vi.spyOn(Object.getPrototypeOf(handle), 'datasync')
    await handle.close()
    flush.mockRejectedValueOnce(new Error('EIO: i/o error, fdatasync'))
    await expect(append(journal, 'unsure '.repeat(1000))).rejects.toThrow('EIO')
    await append(journal, 'after')
    expect(segmentsIn(directory)).toHaveLength(2)
    await journal.close()
    const reopened = await openJournal(directory)
    expect(reopened).toMatchObject({ records: ['before', 'after'], damages: [] })
    await reopened.journal.close()
  })
})
