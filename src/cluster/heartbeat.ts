import type { Clock } from '../base/clock.ts'
import type { Metadata } from '../store/metadata.ts'
import { BEAT_MS } from './timing.ts'

/** Where a node writes down that it lives. */
export const heartbeatKey = (node: string): string => `node/${node}`

/** Writes down, again and again, that this node lives: something else each time. */
export class Heartbeat {
  readonly #metadata: Metadata
  readonly #key: string
  readonly #clock: Clock
  readonly #prefix: string
  #count = 0
  #isBeating = false
  #stop = (): void => {}
  #provenMs = Number.NEGATIVE_INFINITY

  /** `incarnation` is what no other process writes. */
  constructor(metadata: Metadata, node: string, incarnation: string, clock: Clock) {
    this.#metadata = metadata
    this.#key = heartbeatKey(node)
    this.#clock = clock
    this.#prefix = incarnation
  }

  /** When that was sent which all can see now. */
  get provenMs(): number {
    return this.#provenMs
  }

  /** Resolves when the first one is written. */
  async start(): Promise<void> {
    await this.#beat()
    this.#stop = this.#clock.every(BEAT_MS, () => {
      // It is tried again in any case.
      this.#beat().catch(() => {})
    })
  }

  stop(): void {
    this.#stop()
  }

  async #beat(): Promise<void> {
    if (this.#isBeating) return
    this.#isBeating = true
    const sentMs = this.#clock.now()
    try {
      await this.#metadata.put(this.#key, `${this.#prefix} ${++this.#count}`)
      this.#provenMs = sentMs
    } finally {
      this.#isBeating = false
    }
  }
}
