/** What the broker is short of at the moment. */
export interface Shortage {
  /** As `connection.blocked` says it. */
  readonly reason: string
  /** Whether memory is among it. */
  readonly isOfMemory: boolean
}
