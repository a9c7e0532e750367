import type { Machine, MemoryUse } from '../../src/server/machine.ts'

/** A machine whose memory and disk a test makes short. Sizes are small numbers, to be read easily. */
export class FakeMachine implements Machine {
  totalBytes = 1000
  /** Physical memory of the process, and as much of it as Node.js accounts for. */
  residentBytes = 100
  allocatedBytes = 60
  heapUsedBytes = 10
  heapLimitBytes = 1000
  /** An error is thrown. */
  freeBytes: number | Error = 1e12
  collectionCount = 0
  /** What happens when garbage is collected. */
  onCollect = (): void => {}
  readonly directories: string[] = []

  /** The process gets so much more, or gives it back. */
  allocate(bytes: number): void {
    this.allocatedBytes += bytes
    this.residentBytes += bytes
  }

  memoryBytes(): number {
    return this.totalBytes
  }

  memoryUse(): MemoryUse {
    const { residentBytes, allocatedBytes, heapUsedBytes, heapLimitBytes } = this
    return { residentBytes, allocatedBytes, heapUsedBytes, heapLimitBytes }
  }

  collectGarbage(): void {
    this.collectionCount++
    this.onCollect()
  }

  async freeDiskBytes(directory: string): Promise<number> {
    this.directories.push(directory)
    if (this.freeBytes instanceof Error) throw this.freeBytes
    return this.freeBytes
  }
}
