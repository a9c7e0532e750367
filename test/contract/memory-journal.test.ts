import { describe, expect, it } from 'vitest'
import { MemoryDisk } from '../../src/store/memory/memory-disk.ts'
import { MemoryJournal } from '../../src/store/memory/memory-journal.ts'
import { flipBitInMemory } from '../support/flip-stored-bit.ts'
import { journalContract } from './journal.contract.ts'

describe('MemoryJournal', () => {
  journalContract((durability) => {
    const disk = new MemoryDisk()
    return {
      open: async () => new MemoryJournal(disk, durability),
      damage: (content) => flipBitInMemory(disk, content),
    }
  })

  it('loses with the power what was not flushed, and nothing else', async () => {
    const disk = new MemoryDisk()
    const journal = new MemoryJournal(disk, 'disk')
    const flushed = await journal.append([Buffer.from('flushed')])
    const unflushed = journal.append([Buffer.from('unflushed')])
    await Promise.resolve()
    const after = disk.afterPowerLoss()
    await unflushed

    const found: [number, string][] = []
    await new MemoryJournal(after, 'disk').recover((...[position, record]) => {
      found.push([position, String(record)])
    })
    expect(found).toEqual([[flushed, 'flushed']])
  })

  it('loses with the power all that it had not been asked to flush', async () => {
    const disk = new MemoryDisk()
    await new MemoryJournal(disk, 'os').append([Buffer.from('unflushed')])
    expect(disk.records.written.size).toBe(1)
    expect(disk.afterPowerLoss().records.written.size).toBe(0)
  })
})
