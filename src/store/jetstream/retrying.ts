import { setTimeout as wait } from 'node:timers/promises'
import { JetStreamError } from './jet-stream-api.ts'

const FIRST_PAUSE_MS = 20
const LONGEST_PAUSE_MS = 250

/** Until when to try, in `performance.now()`, and what ends it before. */
export interface Patience {
  readonly untilMs: number
  readonly signal?: AbortSignal
}

/**
 * Tries again while JetStream is away, which it is for seconds while it chooses a leader.
 *
 * @throws what it came to last when the time is over, or what will not change at once.
 */
export async function retrying<Result>(
  { untilMs, signal }: Patience,
  attempt: () => Promise<Result>,
): Promise<Result> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    signal?.throwIfAborted()
    try {
      return await attempt()
    } catch (error) {
      const isHopeless = !(error instanceof JetStreamError) || error.isFinal
      if (isHopeless || performance.now() + pauseMs > untilMs) throw error
    }
    await wait(pauseMs)
  }
}
