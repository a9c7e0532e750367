import { vi } from 'vitest'

/** Enough for a machine that is several times slower than one needs, and busy besides. */
const PATIENCE_MS = 30_000

/** What `check` gives as soon as it does not throw any more; its last error when it never stops. */
export function eventually<Value>(check: () => Value | Promise<Value>): Promise<Value> {
  return vi.waitFor(check, { timeout: PATIENCE_MS })
}
