import type { FrameSource } from './stream-reading.ts'

/** Of a shard that holds more, the rest is read again. */
const KEPT_BYTES = 4 * 1024 * 1024
/** By then the queues have been claimed from, and consumers have had the first of what is ready. */
const KEPT_MS = 5000

/**
 * Whoever takes a shard over reads it twice: to see what is in it, and then what of that is held by
 * consumers, or wanted first. So what was read for the one is kept a moment for the other.
 */
export class KeptFrames implements FrameSource {
  readonly #source: FrameSource
  readonly #frames = new Map<number, Buffer>()
  #room = KEPT_BYTES
  #forgetting: NodeJS.Timeout | undefined

  constructor(source: FrameSource) {
    this.#source = source
  }

  async get(sequence: number): Promise<Buffer | undefined> {
    const kept = this.#frames.get(sequence)
    if (kept !== undefined) return kept
    const frame = await this.#source.get(sequence)
    if (frame !== undefined && frame.length <= this.#room) {
      this.#room -= frame.length
      this.#frames.set(sequence, frame)
    }
    return frame
  }

  /** Keeps nothing more, and soon nothing at all. */
  forgetSoon(): void {
    this.#room = 0
    this.#forgetting = setTimeout(() => this.#frames.clear(), KEPT_MS).unref()
  }

  forget(): void {
    this.#room = 0
    clearTimeout(this.#forgetting)
    this.#frames.clear()
  }
}
