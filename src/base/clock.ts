/**
 * Time as the broker sees it. It is handed to whoever needs it, so that a test can move it: nothing
 * below `broker.ts` asks the machine.
 */
export interface Clock {
  /** Milliseconds that only ever grow, from an arbitrary start. */
  now(): number
  /** Milliseconds since 1970, which may jump. */
  wallTime(): number
  /** Calls back every `intervalMs` until the returned function is called. Keeps no process alive. */
  every(intervalMs: number, callback: () => void): () => void
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  every(intervalMs, callback) {
    const timer = setInterval(callback, intervalMs)
    timer.unref()
    return () => clearInterval(timer)
  },
}
