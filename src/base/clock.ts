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

/** What timers take at most; longer delays are waited for in parts. */
const LONGEST_MS = 2 ** 31 - 1

/** Calls back once, after that time, unless the returned function is called before. */
export function after(clock: Clock, delayMs: number, callback: () => void): () => void {
  const stop = clock.every(Math.min(Math.max(delayMs, 1), LONGEST_MS), () => {
    stop()
    if (delayMs > LONGEST_MS) stopRest = after(clock, delayMs - LONGEST_MS, callback)
    else callback()
  })
  let stopRest = stop
  return () => stopRest()
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
