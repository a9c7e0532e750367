import { statfs } from 'node:fs/promises'
import { totalmem } from 'node:os'
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** How much of V8's limit is at most for new objects, and no room for those that stay. */
const NEW_OBJECTS_BYTES = 48 * 2 ** 20

/** What this process has of the memory, in bytes. Garbage counts until it is collected. */
export interface MemoryUse {
  /** Of physical memory: what the system sees. */
  readonly residentBytes: number
  /** Of these, the heap of JavaScript and the buffers outside of it. */
  readonly allocatedBytes: number
  /** In the heap of JavaScript alone. */
  readonly heapUsedBytes: number
  /** What there is for objects that stay; with more, Node.js ends the process. */
  readonly heapLimitBytes: number
}

/**
 * The machine as the broker sees it. It is handed to whoever needs it, so that a test can make memory
 * and disk short.
 */
export interface Machine {
  /** Bytes of memory that there are for this process. */
  memoryBytes(): number
  memoryUse(): MemoryUse
  /** Gives back the memory of what is not used any more. Nothing else happens meanwhile. */
  collectGarbage(): void
  /** Bytes that can be written to the filesystem of a directory. */
  freeDiskBytes(directory: string): Promise<number>
}

/** The machine that this process runs on, or the container. */
export class SystemMachine implements Machine {
  #collect: (() => void) | undefined

  memoryBytes(): number {
    const total = totalmem()
    // 0 if it cannot be told, and more than any machine has if the container has no limit.
    const container = process.constrainedMemory() ?? 0
    return container > 0 && container < total ? container : total
  }

  memoryUse(): MemoryUse {
    const limit = getHeapStatistics().heap_size_limit
    const { rss, heapTotal, heapUsed, external } = process.memoryUsage()
    return {
      residentBytes: rss,
      allocatedBytes: heapTotal + external,
      heapUsedBytes: heapUsed,
      heapLimitBytes: limit - Math.min(NEW_OBJECTS_BYTES, Math.floor(limit / 3)),
    }
  }

  collectGarbage(): void {
    this.#collect ??= findCollector()
    this.#collect()
  }

  async freeDiskBytes(directory: string): Promise<number> {
    const { bavail, bsize } = await statfs(directory)
    return bavail * bsize
  }
}

/** The collector is only shown to contexts that are made while this flag is set. */
function findCollector(): () => void {
  setFlagsFromString('--expose-gc')
  try {
    return runInNewContext('gc') as () => void
  } finally {
    setFlagsFromString('--no-expose-gc')
  }
}
