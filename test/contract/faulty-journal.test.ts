import { describe, expect, it } from 'vitest'
import { CheckedJournal } from '../../src/store/checked-journal.ts'
import type { Damage } from '../../src/store/journal.ts'
import { MemoryDisk } from '../../src/store/memory/memory-disk.ts'
import { MemoryJournal } from '../../src/store/memory/memory-journal.ts'
import { type Fault, FaultyJournal } from '../support/faulty-journal.ts'
import { flipBitInMemory } from '../support/flip-stored-bit.ts'
import { journalContract } from './journal.contract.ts'

describe('a journal whose writes take their time', () => {
  journalContract((durability) => {
    const disk = new MemoryDisk()
    let append = 0
    const nextFault = (): Fault | undefined => (append++ % 3 === 0 ? 'delay' : undefined)
    return {
      open: async () => new FaultyJournal(new MemoryJournal(disk, durability), nextFault),
      damage: (content) => flipBitInMemory(disk, content),
    }
  })
})

describe('a journal whose writes fail', () => {
  const disk = new MemoryDisk()
  const faults: (Fault | undefined)[] = []
  const damages: Damage[] = []
  const open = (): CheckedJournal =>
    new CheckedJournal(
      new FaultyJournal(new MemoryJournal(disk, 'disk'), () => faults.shift()),
      (damage) => damages.push(damage),
    )

  it('rejects those, goes on with the next ones, and never gives out a part of one', async () => {
    const journal = open()
    const outcomes = ['ok 1', 'refuse', 'ok 2', 'tear', 'ok 3', 'doubt', 'delay', 'ok 4'].map(
      async (content) => {
        const fault = content.startsWith('ok') ? undefined : (content as Fault)
        faults.push(fault)
        return journal.append([Buffer.from(content), Buffer.alloc(100)])
      },
    )
    const settled = await Promise.allSettled(outcomes)
    expect(settled.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ])

    const found: string[] = []
    await open().recover((_, record) => found.push(record.toString('latin1').replaceAll('\0', '')))
    expect(found).toEqual(['ok 1', 'ok 2', 'ok 3', 'doubt', 'delay', 'ok 4'])
    expect(damages).toEqual([{ position: 3, reason: 'its checksum is wrong' }])
  })
})
