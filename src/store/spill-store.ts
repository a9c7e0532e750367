/**
 * The port for pages of messages that are too many for memory and need not outlive the process. They
 * are safe from nothing: neither flushed nor found again.
 */
export interface SpillStore {
  /**
   * Keeps a page, given in parts that are stored one after the other and must not change until the
   * promise is settled. After it has rejected, as for lack of space, it is as if it had not been tried.
   */
  write(parts: readonly Buffer[]): Promise<SpillSlot>

  /**
   * The page, as often as it is asked for; undefined when what is there is not what was written. It
   * rejects when it cannot be read now.
   */
  read(slot: SpillSlot): Promise<Buffer | undefined>

  /** Gives up a page, once. Reads that are under way still get it. */
  free(slot: SpillSlot): void

  /** About how much the pages take that are not given up, in bytes. */
  readonly bytes: number

  /** Gives up all pages. Nothing can be asked of it any more. */
  close(): Promise<void>
}

/** Where a page is. */
export interface SpillSlot {
  readonly offset: number
  readonly size: number
  readonly checksum: number
}
