import { fdatasyncSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'

/** A flush that takes less than this is short. */
const SHORT_MS = 0.3
/** How much the last flush counts in what is expected of the next one. */
const WEIGHT = 0.2

/**
 * Flushes files, and knows how long that takes lately. To have another thread do it takes longer than
 * many a disk needs for a small flush: where flushes are short the main thread does small ones itself,
 * and a publisher that waits for each of its confirms has them in half the time.
 */
export class Flusher {
  #expectedMs = Number.POSITIVE_INFINITY

  async flush(handle: FileHandle, isSmall: boolean): Promise<void> {
    const start = performance.now()
    if (isSmall && this.#expectedMs < SHORT_MS) fdatasyncSync(handle.fd)
    else await handle.datasync()
    const tookMs = performance.now() - start
    this.#expectedMs = Number.isFinite(this.#expectedMs)
      ? this.#expectedMs * (1 - WEIGHT) + tookMs * WEIGHT
      : tookMs
  }
}
