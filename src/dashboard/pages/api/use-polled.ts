import { useCallback, useEffect, useState } from 'preact/hooks'
import { ApiError, get } from './client.ts'
import { POLL_MS, poll } from './polling.ts'

export interface Polled<T> {
  /** The newest there is; it stays while something else is asked for, and when that fails. */
  readonly data?: T
  /** Why there is nothing newer. */
  readonly error?: ApiError
  /** Looks at once: something was changed. */
  readonly refresh: () => void
}

/** What stands at an address of the API, kept up to date for as long as it is shown; with null nothing is asked for. */
export function usePolled<T>(address: string | null, everyMs: number = POLL_MS): Polled<T> {
  const [state, setState] = useState<Omit<Polled<T>, 'refresh'>>({})
  const [round, setRound] = useState(0)
  useEffect(() => {
    if (address === null) return undefined
    const read = async (signal: AbortSignal): Promise<void> => {
      try {
        const data = await get<T>(address, signal)
        if (!signal.aborted) setState({ data })
      } catch (error) {
        if (!signal.aborted) setState((before) => ({ ...before, error: errorOf(error) }))
      }
    }
    return poll(read, everyMs)
  }, [address, everyMs, round])
  const refresh = useCallback(() => setRound((before) => before + 1), [])
  return { ...state, refresh }
}

const errorOf = (error: unknown): ApiError =>
  error instanceof ApiError ? error : new ApiError(0, 'fault', String(error))
