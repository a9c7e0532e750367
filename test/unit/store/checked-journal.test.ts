import { describe, expect, it } from 'vitest'
import { CheckedJournal } from '../../../src/store/checked-journal.ts'
import type { Damage } from '../../../src/store/journal.ts'
import { MemoryDisk } from '../../../src/store/memory/memory-disk.ts'
import { MemoryJournal } from '../../../src/store/memory/memory-journal.ts'

describe('CheckedJournal', () => {
  it.each([
    ['no envelope at all', [], 'it has only 0 bytes'],
    ['half an envelope', [1, 0, 0], 'it has only 3 bytes'],
    ['an envelope of another version', [2, 0, 0, 0, 0], 'it has version 2 and not 1'],
    ['a wrong checksum', [1, 0, 0, 0, 1], 'its checksum is wrong'],
    ['another record', [1, 0, 0, 0, 0, 65], 'its checksum is wrong'],
  ])('does not give out what has %s', async (_, bytes, reason) => {
    const engine = new MemoryJournal(new MemoryDisk(), 'disk')
    const damages: Damage[] = []
    const journal = new CheckedJournal(engine, (damage) => damages.push(damage))
    const position = await engine.append([Buffer.from(bytes)])
    const found: string[] = []
    await journal.recover((_, record) => found.push(String(record)))
    expect(found).toEqual([])
    expect(damages).toEqual([{ position, reason }])
    const after = await journal.append([Buffer.from('after')])
    expect(await journal.read(position, after)).toEqual([Buffer.from('after')])
    expect(damages).toEqual([
      { position, reason },
      { position, reason },
    ])
  })

  it('adds five bytes to a record', async () => {
    const engine = new MemoryJournal(new MemoryDisk(), 'disk')
    const journal = new CheckedJournal(engine, () => {})
    const position = await journal.append([Buffer.from('abc'), Buffer.from('def')])
    expect((await engine.read(position, position))[0]?.length).toBe(6 + 5)
    expect(journal.bytes).toBe(6 + 5)
  })
})
