import type { SharedChange } from './shared-change.ts'

/** Changes that are stored together. The last one of a key counts. */
export class SharedBatch {
  readonly changes: Map<string, SharedChange>
  /** Those that could not be stored: known when it is written. */
  readonly refused: Set<string> = new Set()
  /** All has been tried. This, and what follows, always resolves. */
  readonly written: Promise<void>
  /** This node has in memory what the store has. */
  readonly reconciled: Promise<void>
  /** So have all others. */
  readonly settled: Promise<void>
  onWritten: () => void = () => {}
  onReconciled: () => void = () => {}
  onSettled: () => void = () => {}

  constructor(changes: Iterable<readonly [string, SharedChange]>) {
    this.changes = new Map(changes)
    this.written = new Promise((resolve) => {
      this.onWritten = resolve
    })
    this.reconciled = new Promise((resolve) => {
      this.onReconciled = resolve
    })
    this.settled = new Promise((resolve) => {
      this.onSettled = resolve
    })
  }
}
