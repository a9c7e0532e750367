/** How often pages look: the broker's own samples are as old as that. */
export const POLL_MS = 5000

/**
 * Reads at once and again and again until it is stopped; not while nobody looks at the page, and at
 * once when somebody does again. Only one at a time.
 */
export function poll(read: (signal: AbortSignal) => Promise<void>, everyMs: number): () => void {
  const aborter = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  let isReading = false

  const next = async (): Promise<void> => {
    clearTimeout(timer)
    if (isReading || document.hidden || aborter.signal.aborted) return
    isReading = true
    await read(aborter.signal)
    isReading = false
    if (!aborter.signal.aborted) timer = setTimeout(() => void next(), everyMs)
  }

  document.addEventListener('visibilitychange', () => void next(), { signal: aborter.signal })
  void next()
  return () => {
    aborter.abort()
    clearTimeout(timer)
  }
}
