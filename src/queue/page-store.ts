/** Where a page is. */
export type PageSlot = object

/** Keeps pages of messages that need not outlive the process. */
export interface PageStore {
  /** Resolves with where the parts are, one behind the other; they must not change until then. */
  write(parts: readonly Buffer[]): Promise<PageSlot>
  read(slot: PageSlot): Promise<Buffer>
  /** The page is not needed any more. */
  free(slot: PageSlot): void
}
