/**
 * The store cannot do what it was asked: no space, a damaged file, a directory that is in use. The
 * message is one line that says what and where; the system's own error is its cause.
 */
export class StoreError extends Error {
  override readonly name: string = 'StoreError'
}

/** Another has taken the journal over: nothing will be stored in it any more, however often it is tried. */
export class JournalLostError extends StoreError {
  override readonly name = 'JournalLostError'
}

/** Says what failed, and keeps why. An error that says so already is left as it is. */
export function storeError(what: string, cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause
  const why = cause instanceof Error ? cause.message : String(cause)
  return new StoreError(`${what}: ${why.trim().replaceAll(/\s*\n\s*/g, ' ')}`, { cause })
}
