import type { SpillSlot } from '../store/spill-store.ts'
import type { Page } from './page.ts'

/** Messages that the message log has: nothing of them is kept here. */
export interface LoggedRun {
  readonly kind: 'logged'
  from: number
  to: number
  count: number
  /** Of their bodies. */
  bodyBytes: number
}

/** A page that is full. */
export interface PageRun {
  readonly kind: 'page'
  readonly from: number
  /** Those that were removed are still in the page. */
  count: number
  bodyBytes: number
  /** The last of them that the message log has too; -1 when that is none. */
  readonly lastLogged: number
  /** Null when it is not in memory. */
  page: Page | null
  /** Where it was written, if that was tried and has not failed. */
  slot: Promise<SpillSlot | null> | null
  /** Whether it has left the backlog, and what is written of it may be overwritten. */
  isGone: boolean
}
