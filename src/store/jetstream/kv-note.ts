import type { NewKvChange } from './kv-bucket.ts'

/** Changes as they are given to whoever makes them: each only if its key was not changed after that position. */
export interface KvNote {
  readonly after: number
  readonly changes: readonly NewKvChange[]
}

/** What came of it. */
export interface KvReceipt {
  /** For each change where it is in the bucket; 0 if it was not made. */
  readonly revisions: readonly number[]
  /** Whoever knows the bucket up to there knows why. */
  readonly position: number
}
