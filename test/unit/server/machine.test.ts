import { totalmem } from 'node:os'
import { join } from 'node:path'
import { getHeapStatistics } from 'node:v8'
import { describe, expect, it, vi } from 'vitest'
import { SystemMachine } from '../../../src/server/machine.ts'
import { eventually } from '../../support/eventually.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const machine = new SystemMachine()

describe('the machine', () => {
  it.each([
    ['what the container may have', 1_000_000, 1_000_000],
    ['all there is without a limit', 2 ** 64, totalmem()],
    ['all there is when the limit cannot be told', 0, totalmem()],
  ])('has %s for memory', (_what, constrained, expected) => {
    const limit = vi.spyOn(process, 'constrainedMemory').mockReturnValue(constrained)
    expect(machine.memoryBytes()).toBe(expected)
    limit.mockRestore()
  })

  it('knows what the process has of it', () => {
    const { residentBytes, allocatedBytes, heapUsedBytes, heapLimitBytes } = machine.memoryUse()
    expect(residentBytes).toBeGreaterThan(heapUsedBytes)
    expect(allocatedBytes).toBeGreaterThan(heapUsedBytes)
    expect(heapLimitBytes).toBeGreaterThan(heapUsedBytes)
    expect(heapLimitBytes).toBeLessThan(getHeapStatistics().heap_size_limit)
  })

  it('counts buffers, and gives back what nobody holds any more', async () => {
    const bytes = 64 * 2 ** 20
    const before = machine.memoryUse().allocatedBytes
    let held: Buffer | null = Buffer.alloc(bytes)
    expect(machine.memoryUse().allocatedBytes - before).toBeGreaterThan(held.length * 0.9)
    held = null
    await eventually(() => {
      machine.collectGarbage()
      expect(machine.memoryUse().allocatedBytes - before).toBeLessThan(bytes / 2)
    })
    expect(globalThis).not.toHaveProperty('gc')
  })

  it('knows how much can be written to a filesystem', async () => {
    const directory = temporaryDirectory()
    expect(await machine.freeDiskBytes(directory)).toBeGreaterThan(0)
    await expect(machine.freeDiskBytes(join(directory, 'none'))).rejects.toThrow('ENOENT')
  })
})
