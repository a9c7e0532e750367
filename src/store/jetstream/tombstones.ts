import type { Clock } from '../../base/clock.ts'
import type { KvBucket } from './kv-bucket.ts'

/** By then every node that is not cut off has long seen that a key is deleted. */
const KEPT_MS = 60 * 60 * 1000
const SWEEP_MS = 10 * 60 * 1000

/**
 * What is left of deleted keys, for those to see who follow a bucket. It is removed after an hour, so
 * that a bucket in which keys come and go does not grow for ever. Who was cut off for longer has to
 * load everything again, as a node does that joins.
 */
export class Tombstones {
  readonly #bucket: KvBucket
  readonly #clock: Clock
  readonly #stop: () => void
  readonly #deleted = new Map<string, { readonly revision: number; readonly timeMs: number }>()

  constructor(bucket: KvBucket, clock: Clock) {
    this.#bucket = bucket
    this.#clock = clock
    this.#stop = clock.every(SWEEP_MS, () => void this.#sweep())
  }

  /** A key was deleted with that revision, now or at that wall time. */
  note(key: string, revision: number, timeMs: number = this.#clock.wallTime()): void {
    this.#deleted.set(key, { revision, timeMs })
  }

  close(): void {
    this.#stop()
  }

  async #sweep(): Promise<void> {
    const oldMs = this.#clock.wallTime() - KEPT_MS
    for (const [key, { revision, timeMs }] of this.#deleted) {
      if (timeMs > oldMs) continue
      try {
        await this.#bucket.forget(key, revision)
        this.#deleted.delete(key)
      } catch {
        // It is tried again next time, and by who loads the bucket.
        return
      }
    }
  }
}
