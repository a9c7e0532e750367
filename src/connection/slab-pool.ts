/**
 * Buffers to gather output in. A connection has one only while it has output, so that idle ones cost
 * nothing, and the same few go round, so that they stay in the processor's cache.
 */
export class SlabPool {
  readonly #free: Buffer[] = []

  take(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(SLAB_BYTES)
  }

  give(slab: Buffer): void {
    if (this.#free.length < MAX_FREE) this.#free.push(slab)
  }
}

export const SLAB_BYTES: number = 128 * 1024
const MAX_FREE = 64
