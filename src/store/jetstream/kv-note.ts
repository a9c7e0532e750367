import type { NewKvChange } from './kv-bucket.ts'

/** A change that is to be made only if its key was not changed after that position. */
export interface NotedChange extends NewKvChange {
  readonly after: number
}

/** Changes as they are given to whoever makes them. */
export type KvNote = readonly NotedChange[]

/** What came of it. */
export interface KvReceipt {
  /** For each change where it is in the bucket; 0 if it was not made. */
  readonly revisions: readonly number[]
  /** Whoever knows the bucket up to there knows why. */
  readonly position: number
}
