const FIRST_SLAB_BYTES = 1024
const MAX_SLAB_BYTES = 64 * 1024

/**
 * Memory for small messages that stay: copies are laid one behind the other into slabs, which are
 * freed when the last message in them is gone. What is put in together should go together, so each
 * queue has its own. The first slabs are small, since most queues hold little.
 */
export class ByteArena {
  #slab: Buffer | null = null
  #position = 0

  /** Makes room for `size` bytes in one slab: `slab` from `take()`'s result on is the caller's. */
  take(size: number): number {
    if (this.#slab === null || this.#position + size > this.#slab.length) {
      const grown = this.#slab === null ? FIRST_SLAB_BYTES : this.#slab.length * 4
      this.#slab = Buffer.allocUnsafeSlow(Math.max(size, Math.min(grown, MAX_SLAB_BYTES)))
      this.#position = 0
    }
    const offset = this.#position
    this.#position += size
    return offset
  }

  /** The slab that the last `take` was from. */
  get slab(): Buffer {
    return this.#slab as Buffer
  }

  /** Lets go of the current slab: what was copied into it lives on as long as it is referred to. */
  release(): void {
    this.#slab = null
  }
}
