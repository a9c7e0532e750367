import type { Clock } from '../../base/clock.ts'
import type { KeyValue } from './kv-bucket.ts'

/** So long it is known when a key was deleted: longer than changes are on their way. */
const REMEMBER_MS = 60_000

interface Value {
  readonly value: string
  readonly revision: number
}

interface Deletion {
  readonly revision: number
  readonly sinceMs: number
}

/** What the keys of a bucket have at one position, and when each was changed last. */
export class KvState {
  readonly #clock: Clock
  readonly #there = new Map<string, Value>()
  /** Oldest first. */
  readonly #deleted = new Map<string, Deletion>()
  #position = 0
  /** Nobody knows any more which keys were deleted up to there, and when. */
  #forgottenUpTo = 0
  #stop = (): void => {}

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get position(): number {
    return this.#position
  }

  /** What is there now was read from the bucket, where long since deleted keys leave nothing. */
  begin(): void {
    this.#forgottenUpTo = this.#position
    this.#stop = this.#clock.every(REMEMBER_MS, () => this.#forgetOld())
  }

  close(): void {
    this.#stop()
  }

  valueOf(key: string): string | undefined {
    return this.#there.get(key)?.value
  }

  values(): Map<string, string> {
    return new Map(Array.from(this.#there, ([key, { value }]) => [key, value]))
  }

  /** Whether the key was changed after that position; also when that is too long ago to be known. */
  isChangedAfter(position: number, key: string): boolean {
    const { revision } = this.#there.get(key) ?? this.#deleted.get(key) ?? { revision: 0 }
    return revision > position || position < this.#forgottenUpTo
  }

  /** All changes before that one are known. */
  take({ key, value, revision }: KeyValue & { readonly revision: number }): void {
    this.#deleted.delete(key)
    if (value === undefined) {
      this.#there.delete(key)
      this.#deleted.set(key, { revision, sinceMs: this.#clock.now() })
    } else this.#there.set(key, { value, revision })
    this.#position = revision
  }

  /** All changes up to there are known. */
  reach(position: number): void {
    this.#position = Math.max(this.#position, position)
  }

  #forgetOld(): void {
    const oldMs = this.#clock.now() - REMEMBER_MS
    for (const [key, { revision, sinceMs }] of this.#deleted) {
      if (sinceMs > oldMs) return
      this.#deleted.delete(key)
      this.#forgottenUpTo = Math.max(this.#forgottenUpTo, revision)
    }
  }
}
