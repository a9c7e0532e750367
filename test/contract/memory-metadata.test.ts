import { describe } from 'vitest'
import { MemoryDisk } from '../../src/store/memory/memory-disk.ts'
import { MemoryMetadata } from '../../src/store/memory/memory-metadata.ts'
import { metadataContract } from './metadata.contract.ts'

describe('MemoryMetadata', () => {
  metadataContract(() => {
    const disk = new MemoryDisk()
    return async () => new MemoryMetadata(disk)
  })
})
